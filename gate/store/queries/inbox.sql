-- name: KeepDelivery :execrows
INSERT INTO deliveries (id, source, key, event, trust, received, body, trace)
VALUES (@id, @source, @key, @event, @trust, @received, @body, @trace)
ON CONFLICT (source, key) DO NOTHING;

-- name: AddPending :exec
INSERT INTO pending (lane, delivery) VALUES (@lane, @delivery);

-- name: DropPending :execrows
DELETE FROM pending WHERE lane = @lane AND delivery = @delivery;

-- name: PendingDeliveries :many
SELECT d.* FROM deliveries d WHERE d.id IN (
  SELECT w.delivery FROM (
    SELECT n.delivery, LENGTH(b.body) AS own, SUM(LENGTH(b.body)) OVER (ORDER BY n.delivery) AS upto
    FROM (
      SELECT p.delivery FROM pending p WHERE p.lane = @lane ORDER BY p.delivery LIMIT CAST(@most AS BIGINT)
    ) n JOIN deliveries b ON b.id = n.delivery
  ) w WHERE w.upto - w.own < CAST(@heavy AS BIGINT)
) ORDER BY d.id;

-- name: Delivery :one
SELECT * FROM deliveries WHERE id = @id;

-- name: DeliveryKept :one
SELECT id FROM deliveries WHERE source = @source AND key = @key;

-- name: TraceOf :one
SELECT trace FROM deliveries WHERE id = @id;

-- name: LastDelivery :one
SELECT CAST(COALESCE(MAX(id), '') AS TEXT) FROM deliveries;

-- name: CountPending :one
-- Ids ascend with the time of receipt, so that the oldest is the least.
SELECT COUNT(*) AS deliveries, CAST(COALESCE(MIN(delivery), '') AS TEXT) AS oldest FROM pending;

-- name: ReceiptOf :one
SELECT received FROM deliveries WHERE id = @id;

-- name: AwaitedFrom :many
-- Whether deliveries of a source wait in a lane.
SELECT p.delivery FROM pending p JOIN deliveries d ON d.id = p.delivery
WHERE p.lane = @lane AND d.source = @source LIMIT 1;
