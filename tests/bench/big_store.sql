-- A store with as many orders as `size` says, made by the database itself: every order
-- has two lines at two suppliers. One order in 50 is held; those of the last two days
-- are allocated, those of the last twelve on their way, and one in 100 got lost on it.
-- `moment(minutes)` is a moment so long before the newest order.

INSERT INTO channel (code, name) VALUES ('web', 'Web shop'), ('market', 'Market place');

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO supplier (id, code, name, city, province, country, base_url, sealed_token,
  allow_private, currency, order_fee_cents, shipping_first_cents, shipping_extra_cents,
  handling_days, ships_to, is_paused, paused_because, poll_failures, last_error,
  acknowledge_days, cut_off, time_zone, workdays, calendar, closed_days,
  created_at, options)
SELECT i, printf('S%02d', i), 'Supplier ' || i, '', '', 'BR', '', '', 0, 'USD', 100, 300,
  50, 3, '', 0, '', 0, '', 1, '', 'UTC', '12345', '', '',
  moment(900000), '{}' FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO product (id, sku, title, category, created_at)
SELECT i, printf('SKU-%04d', i), 'Product ' || i, 'goods', moment(900000) FROM n;

INSERT INTO offer (product_id, supplier_id, supplier_sku, unit_cost_cents, currency,
  quantity, as_of, is_listed)
SELECT p.id, (p.id + 7 * k.i) % 20 + 1, 'X' || p.sku || '-' || k.i, 500 + p.id % 900,
  'USD', p.id % 40, moment(60), 1
FROM product p, (SELECT 0 AS i UNION ALL SELECT 1) k;

CREATE TEMP TABLE made AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < size())
SELECT i AS id, (size() - i) * 5 AS age,
  CASE WHEN i % 50 = 0 THEN 'held' WHEN i % 200 = 3 THEN 'cancelled'
    WHEN (size() - i) * 5 < 2880 THEN 'allocated'
    WHEN (size() - i) * 5 < 17280 OR i % 100 = 1 THEN 'shipped'
    ELSE 'delivered' END AS status
FROM n;

INSERT INTO contact (id, name, email, phone, company, address1, address2, city,
  postal_code, province, country)
SELECT id, 'Customer ' || (id % 5000) || ' Name' || (id % 700),
  'customer' || id || '@example.com', '', '', 'Street ' || id, '', 'City', '12345', '',
  'US' FROM made;

INSERT INTO contact_word (contact_id, word)
SELECT id, 'customer' FROM made UNION ALL SELECT id, 'name' || (id % 700) FROM made
UNION ALL SELECT id, id % 5000 FROM made;

INSERT INTO customer_order (id, channel, external_id, name, status, next_step, payment,
  risk, currency, subtotal_cents, discount_cents, shipping_cents, tax_cents,
  total_cents, contact_id, placed_at, paid_at, received_at)
SELECT id, CASE WHEN id % 3 THEN 'web' ELSE 'market' END, 'ext-' || id, '#' || id,
  status, NULL, 'paid', 'low', 'USD', 4000 + id % 9000, 0, 0, 0, 4000 + id % 9000, id,
  moment(age), moment(age), moment(age) FROM made;

CREATE TEMP TABLE part AS
SELECT 2 * made.id + k.i - 1 AS id, made.id AS order_id, age, status, k.i AS position,
  (made.id * (k.i * 13 + 1)) % 2000 + 1 AS product_id
FROM made, (SELECT 0 AS i UNION ALL SELECT 1) k;

INSERT INTO order_line (id, order_id, position, sku, product_id, title, quantity,
  cancelled_quantity, unit_price_cents, discount_cents, status)
SELECT id, order_id, position + 1, printf('SKU-%04d', product_id), product_id,
  'Product ' || product_id, 1 + id % 2, CASE status WHEN 'cancelled' THEN 1 + id % 2
  ELSE 0 END, 2000 + order_id % 4500, 0,
  CASE status WHEN 'held' THEN 'open' ELSE status END FROM part;

INSERT INTO purchase_order (id, reference, order_id, supplier_id, status, currency,
  items_cost_cents, order_fee_cents, shipping_cost_cents, rate_millionths, attempts,
  absent_look_ups, supplier_reference, note, cancels_order, reroutes, created_at, sent_at,
  acknowledged_at, ship_by, deliver_by, handed_over_at, delivered_at)
SELECT id, 'P-' || id, order_id, (product_id + 7 * position) % 20 + 1,
  CASE status WHEN 'allocated' THEN 'accepted' ELSE status END, 'USD', 1000, 100, 300,
  1000000, 1, 0, 'R-' || id, '', 0, 0, moment(age), moment(age), moment(age - 60),
  moment(age - 4320), moment(age - 14400),
  CASE WHEN status <> 'allocated' THEN moment(age - 3000 - id % 40 * 40) END,
  CASE WHEN status = 'delivered' THEN moment(age - 9000 - id % 40 * 150) END
FROM part WHERE status NOT IN ('held', 'cancelled');

INSERT INTO purchase_order_line (id, purchase_order_id, order_line_id, offer_id, part,
  is_live, supplier_sku, quantity, accepted_quantity, unit_cost_cents)
SELECT p.id, p.id, p.id, o.id, 0, 1, o.supplier_sku, 1 + p.id % 2, 1 + p.id % 2, 500
FROM part p JOIN purchase_order w ON w.id = p.id
JOIN offer o ON o.product_id = p.product_id AND o.supplier_id = w.supplier_id;

INSERT INTO attempt (purchase_order_id, number, started_at, ended_at, outcome, detail)
SELECT id, 1, sent_at, sent_at, 'placed', '' FROM purchase_order;

INSERT INTO shipment (id, purchase_order_id, shipment_id, carrier, tracking_number,
  status, shipped_at, delivered_at)
SELECT id, id, 'SH-' || id, 'UPS', '1Z' || id, CASE WHEN delivered_at IS NULL THEN
  'in_transit' ELSE 'delivered' END, handed_over_at, delivered_at
FROM purchase_order WHERE handed_over_at IS NOT NULL;

INSERT INTO shipment_line (shipment_id, purchase_order_line_id, quantity)
SELECT s.id, l.id, l.quantity FROM shipment s JOIN purchase_order_line l
ON l.purchase_order_id = s.purchase_order_id;

INSERT INTO scan (shipment_id, kind, at, place)
SELECT id, 'picked_up', shipped_at, 'Hub' FROM shipment
UNION ALL SELECT id, 'delivered', delivered_at, 'Door' FROM shipment
WHERE delivered_at IS NOT NULL;

INSERT INTO hold (order_id, reason, facts, opened_at, closed_at, is_waived)
SELECT id, CASE id / 50 % 4 WHEN 0 THEN 'unpaid' WHEN 1 THEN 'margin_below_floor'
  WHEN 2 THEN 'fraud_risk' ELSE 'shortfall' END, '{"skus": "A"}',
  moment(age), NULL, 0
FROM made WHERE status = 'held'
UNION ALL SELECT id, 'fraud_risk', '{}', moment(age), moment(age), 1 FROM made
WHERE id % 20 = 7;

INSERT INTO order_event (order_id, at, kind, actor, facts)
SELECT made.id, moment(age), k.kind, 'system',
  '{"reference": "P-' || made.id || '", "supplier": "S01", "reason": "unpaid", '
  || '"channel": "web", "status": "allocated", "suppliers": "S01, S02", "detail": ""}'
FROM made, (SELECT 'order_received' AS kind UNION ALL SELECT 'routed'
  UNION ALL SELECT 'purchase_sent' UNION ALL SELECT 'purchase_accepted'
  UNION ALL SELECT 'purchase_shipped' UNION ALL SELECT 'purchase_delivered') k;

INSERT INTO customer_return (id, reference, order_id, status, reason, note, refund_cents,
  supplier_credit_cents, cost_bearer, requested_at, ended_at)
SELECT id, 'RT-' || id, id, CASE WHEN id % 3 THEN 'settled' ELSE 'requested' END,
  'defective', '', CASE WHEN id % 3 THEN 2000 END, CASE WHEN id % 3 THEN 0 END,
  CASE WHEN id % 3 THEN 'store' END, moment(age - 10000),
  CASE WHEN id % 3 THEN moment(age - 15000) END
FROM made WHERE status = 'delivered' AND id % 40 = 11;

INSERT INTO return_line (return_id, order_line_id, quantity)
SELECT id, 2 * id, 1 FROM customer_return;

CREATE TEMP TABLE scope AS
SELECT 'overall' AS kind, '' AS key, 90 AS days
UNION ALL SELECT 'channel', code, 90 FROM channel
UNION ALL SELECT 'supplier', code, 90 FROM supplier
UNION ALL SELECT 'product', sku, 2 FROM product;

WITH RECURSIVE d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 89)
INSERT INTO reading (kpi, scope_kind, scope_key, at, window_days, numerator,
  denominator, covered, total, is_newest, closes_day)
SELECT k.kpi, s.kind, s.key, moment(d.i * 1440), 30, 3 + d.i % 20, 200, 200, 210,
  d.i = 0, 1
FROM d, scope s, (SELECT 'late_hand_over' AS kpi UNION ALL SELECT 'late_delivery'
  UNION ALL SELECT 'return_rate' UNION ALL SELECT 'gross_margin') k
WHERE d.i < s.days;

INSERT INTO alert (kpi, scope_kind, scope_key, status, severity, numerator, denominator,
  limit_percent, opened_at, judged_at, resolved_at)
SELECT 'late_hand_over', 'supplier', code, CASE WHEN id < 5 THEN 'open' ELSE 'resolved'
  END, 'warning', 20, 200, '4', moment(4000 + id), moment(10),
  CASE WHEN id >= 5 THEN moment(100) END
FROM supplier;
