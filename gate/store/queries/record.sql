-- name: AddStep :exec
INSERT INTO steps (seq, now, delivery, result, reason, verdicts)
VALUES (@seq, @now, @delivery, @result, @reason, @verdicts);

-- name: LastStep :one
SELECT seq, now FROM steps ORDER BY seq DESC LIMIT 1;

-- name: StepsAfter :many
SELECT * FROM steps WHERE seq > @seq ORDER BY seq LIMIT CAST(@most AS BIGINT);

-- name: SetAside :many
SELECT d.id, d.source, d.event, d.key, d.trust, d.received, s.reason
FROM steps s JOIN deliveries d ON d.id = s.delivery
WHERE s.result = 'aside' ORDER BY s.seq DESC LIMIT CAST(@most AS BIGINT);

-- name: CountAside :one
SELECT COUNT(*) FROM steps WHERE result = 'aside';

-- name: PutDoc :exec
INSERT INTO docs (nexus, key, body) VALUES (@nexus, @key, @body)
ON CONFLICT (nexus, key) DO UPDATE SET body = excluded.body;

-- name: DropDoc :exec
DELETE FROM docs WHERE nexus = @nexus AND key = @key;

-- name: DocsAfter :many
SELECT nexus, key, body FROM docs WHERE (nexus, key) > (CAST(@nexus AS TEXT), CAST(@key AS TEXT))
ORDER BY nexus, key LIMIT CAST(@most AS BIGINT);

-- name: AddDefinition :exec
-- A source that was given as a file first, and then came from a repository, gets what it computes to.
INSERT INTO definitions (digest, nexus, file, source, settled) VALUES (@digest, @nexus, @file, @source, @settled)
ON CONFLICT (digest) DO UPDATE SET settled = excluded.settled
WHERE definitions.settled = '' AND excluded.settled <> '';

-- name: Definition :one
SELECT * FROM definitions WHERE digest = @digest;

-- name: DocsNamed :many
SELECT nexus, key, body FROM docs WHERE key = @key ORDER BY nexus;
