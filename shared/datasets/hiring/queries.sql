-- query: quarterly_hires
-- title: How many people did each department hire for each job, quarter by quarter?
-- parameter: year integer 1000..2999 = 2021: the year of the hires
SELECT d.department, j.job,
       COUNT(CASE WHEN EXTRACT(QUARTER FROM e.datetime) = 1 THEN 1 END) AS q1,
       COUNT(CASE WHEN EXTRACT(QUARTER FROM e.datetime) = 2 THEN 1 END) AS q2,
       COUNT(CASE WHEN EXTRACT(QUARTER FROM e.datetime) = 3 THEN 1 END) AS q3,
       COUNT(CASE WHEN EXTRACT(QUARTER FROM e.datetime) = 4 THEN 1 END) AS q4
FROM hired_employees e
JOIN departments d ON d.id = e.department_id
JOIN jobs j ON j.id = e.job_id
WHERE EXTRACT(YEAR FROM e.datetime) = :year
GROUP BY d.department, j.job
ORDER BY LOWER(d.department), LOWER(j.job), d.department, j.job;

-- query: departments_above_mean
-- title: Which departments hired more than the mean over the departments that hired that year?
-- parameter: year integer 1000..2999 = 2021: the year of the hires
WITH hires AS (
    SELECT d.id, d.department, COUNT(*) AS hired
    FROM hired_employees e
    JOIN departments d ON d.id = e.department_id
    WHERE EXTRACT(YEAR FROM e.datetime) = :year
    GROUP BY d.id, d.department
)
SELECT id, department, hired
FROM hires
WHERE hired > (SELECT AVG(hired) FROM hires)
ORDER BY hired DESC, id;

-- query: department_hires
-- title: How did each department hire by quarter, beside the other departments and the year before?
-- parameter: year integer 1000..2999 = 2021: the year of the hires
WITH hires AS (
    SELECT d.id, d.department, EXTRACT(YEAR FROM e.datetime) AS year, EXTRACT(QUARTER FROM e.datetime) AS quarter
    FROM departments d
    LEFT JOIN hired_employees e ON e.department_id = d.id
), counted AS (
    SELECT id, department,
           COUNT(CASE WHEN year = :year AND quarter = 1 THEN 1 END) AS q1,
           COUNT(CASE WHEN year = :year AND quarter = 2 THEN 1 END) AS q2,
           COUNT(CASE WHEN year = :year AND quarter = 3 THEN 1 END) AS q3,
           COUNT(CASE WHEN year = :year AND quarter = 4 THEN 1 END) AS q4,
           COUNT(CASE WHEN year = :year THEN 1 END) AS hired,
           COUNT(CASE WHEN year = :year - 1 THEN 1 END) AS year_before
    FROM hires
    GROUP BY id, department
)
SELECT id, department, q1, q2, q3, q4, hired,
       RANK() OVER (ORDER BY hired DESC) AS place,
       ROUND(1.0 * hired / NULLIF(SUM(hired) OVER (), 0), 6) AS share,
       year_before, hired - year_before AS difference
FROM counted
ORDER BY hired DESC, id;
