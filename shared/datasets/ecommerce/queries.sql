-- view: dw_ecommerce_gold
SELECT
    o.order_item_id, o.order_id, o.quantity, o.unit_price, o.amount, o.payment_status, o.payment_provider, o.ordered_at,
    t.date, t.year, t.quarter, t.month, t.is_weekend,
    o.user_id, u.sex, u.age, u.age_group, m.segment,
    o.location_id, l.city, l.country,
    o.sku_id, p.product_id, p.product, p.subcategory, p.category,
    o._job_id, o._user_id, o._loaded_at
FROM dw_orders o
LEFT JOIN dw_time t ON t.date_key = o.date_key
LEFT JOIN dw_users u ON u.user_id = o.user_id
LEFT JOIN dw_user_metrics m ON m.user_id = o.user_id
LEFT JOIN dw_locations l ON l.location_id = o.location_id
LEFT JOIN dw_products p ON p.sku_id = o.sku_id;

-- query: revenue_by_category
-- title: Which categories bring the most revenue?
-- parameter: limit integer 0..100000 = 10: how many categories
SELECT category, orders, items, units, revenue, share
FROM dw_category_metrics
ORDER BY revenue DESC, category
LIMIT :limit;

-- query: best_customers_by_segment
-- title: Who are the best customers of each segment?
-- parameter: limit integer 0..100000 = 3: how many customers of each segment
SELECT segment, place, user_id, orders, items, revenue
FROM (
    SELECT segment, user_id, orders, items, revenue,
           ROW_NUMBER() OVER (PARTITION BY segment ORDER BY revenue DESC, user_id) AS place
    FROM dw_user_metrics
) ranked
WHERE place <= :limit
ORDER BY CASE segment WHEN 'VIP' THEN 1 WHEN 'Premium' THEN 2 WHEN 'Regular' THEN 3 ELSE 4 END, place;
