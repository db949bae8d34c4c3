-- name: KeepDelivery :execrows
INSERT INTO deliveries (id, source, key, event, trust, received, body)
VALUES (@id, @source, @key, @event, @trust, @received, @body)
ON CONFLICT (source, key) DO NOTHING;

-- name: AddPending :exec
INSERT INTO pending (lane, delivery) VALUES (@lane, @delivery);

-- name: DropPending :execrows
DELETE FROM pending WHERE lane = @lane AND delivery = @delivery;

-- name: PendingDeliveries :many
SELECT d.* FROM pending p JOIN deliveries d ON d.id = p.delivery
WHERE p.lane = @lane ORDER BY p.delivery LIMIT CAST(@most AS BIGINT);

-- name: Delivery :one
SELECT * FROM deliveries WHERE id = @id;

-- name: LastDelivery :one
SELECT CAST(COALESCE(MAX(id), '') AS TEXT) FROM deliveries;

-- name: CountPending :one
SELECT COUNT(*) FROM pending;
