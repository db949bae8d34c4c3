-- name: AddStep :exec
INSERT INTO steps (lane, seq, now, delivery, result, reason, verdicts)
VALUES (@lane, @seq, @now, @delivery, @result, @reason, @verdicts);

-- name: LastStep :one
SELECT seq, now FROM steps WHERE lane = @lane ORDER BY seq DESC LIMIT 1;

-- name: StepsAfter :many
SELECT * FROM steps WHERE lane = @lane AND seq > @seq ORDER BY seq LIMIT CAST(@most AS BIGINT);

-- name: SetAside :many
SELECT d.id, d.source, d.event, d.key, d.trust, d.received, s.reason
FROM steps s JOIN deliveries d ON d.id = s.delivery
WHERE s.result IN ('aside', 'broken') AND NOT EXISTS
    (SELECT 1 FROM steps o WHERE o.result IN ('aside', 'broken') AND o.delivery = s.delivery AND o.lane < s.lane)
ORDER BY s.now DESC, s.seq DESC LIMIT CAST(@most AS BIGINT);

-- name: CountAside :one
SELECT COUNT(DISTINCT delivery) FROM steps WHERE result IN ('aside', 'broken');

-- name: Broken :one
-- How many deliveries brought out a fault in a lane since, and when the last of them did.
SELECT COUNT(*) AS deliveries, CAST(COALESCE(MAX(now), 0) AS BIGINT) AS last
FROM steps WHERE lane = @lane AND result = 'broken' AND now > @since;

-- name: PutDoc :exec
INSERT INTO docs (nexus, key, body, step, gone) VALUES (@nexus, @key, @body, @step, @gone)
ON CONFLICT (nexus, key) DO UPDATE SET body = excluded.body, step = excluded.step, gone = excluded.gone;

-- name: ForgetGone :exec
DELETE FROM docs WHERE nexus = @nexus AND step <= @step AND gone = 1;

-- name: DocsAfter :many
SELECT key, body FROM docs WHERE nexus = @nexus AND key > @key AND gone = 0
ORDER BY key LIMIT CAST(@most AS BIGINT);

-- name: DocsSince :many
SELECT key, body, step, gone FROM docs
WHERE nexus = @nexus AND (step, key) > (CAST(@step AS BIGINT), CAST(@key AS TEXT))
ORDER BY step, key LIMIT CAST(@most AS BIGINT);

-- name: AddDefinition :exec
-- A source that was given as a file first, and then came from a repository, gets what it computes to.
INSERT INTO definitions (digest, nexus, file, source, settled) VALUES (@digest, @nexus, @file, @source, @settled)
ON CONFLICT (digest) DO UPDATE SET settled = excluded.settled
WHERE definitions.settled = '' AND excluded.settled <> '';

-- name: Definition :one
SELECT * FROM definitions WHERE digest = @digest;

-- name: DocsNamed :many
SELECT nexus, key, body FROM docs WHERE key = @key AND gone = 0 ORDER BY nexus;
