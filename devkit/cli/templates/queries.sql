-- Business questions, asked by name: GET /api/queries/{name}, or strata query. Each begins with the lines below; a
-- parameter has a type (integer, text, date), for integers bounds, a default, and what it means. Give every question an
-- order, so that the same rows give the same answer. A view begins with a line "-- view: name" and has no parameters.

-- query: ${dataset}_by_group
-- title: Which groups have the largest amounts?
-- parameter: limit integer 1..1000 = 10: how many groups
SELECT g.title, COUNT(*) AS entries, SUM(e.amount) AS amount
FROM ${dataset}_entries e
JOIN ${dataset}_groups g ON g.id = e.group_id
GROUP BY g.id, g.title
ORDER BY amount DESC, g.title, g.id
LIMIT :limit;
