-- name: UseToken :execrows
INSERT INTO used_tokens (id, digest, expires) VALUES (@id, @digest, @expires) ON CONFLICT (id) DO NOTHING;

-- name: TokenUse :one
SELECT digest FROM used_tokens WHERE id = @id;

-- name: DropUsedTokens :execrows
-- In one order, so that replicas which drop at once do not wait for each other in a circle.
DELETE FROM used_tokens WHERE used_tokens.id IN (
    SELECT t.id FROM used_tokens t WHERE t.expires < @before ORDER BY t.expires, t.id LIMIT CAST(@most AS BIGINT));
