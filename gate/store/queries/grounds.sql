-- name: AddVersion :exec
INSERT INTO versions (nexus, step, place, component, digest, body)
VALUES (@nexus, @step, @place, @component, @digest, @body);

-- name: Versions :many
SELECT body FROM versions WHERE nexus = @nexus ORDER BY step DESC, place DESC;

-- name: AddEvidence :exec
INSERT INTO evidence (ref, nexus, step, body) VALUES (@ref, @nexus, @step, @body)
ON CONFLICT (ref) DO NOTHING;

-- name: AddGround :exec
INSERT INTO grounds (verdict, nexus, step, place, made, body)
VALUES (@verdict, @nexus, @step, @place, @made, @body)
ON CONFLICT (verdict) DO NOTHING;

-- name: Ground :one
SELECT nexus, body FROM grounds WHERE verdict = @verdict;

-- name: Evidence :one
SELECT body FROM evidence WHERE ref = @ref;

-- name: GroundsAfter :many
SELECT verdict, step, place, body FROM grounds
WHERE nexus = @nexus AND (step, place) > (CAST(@step AS BIGINT), CAST(@place AS BIGINT)) AND made >= @since
ORDER BY step, place LIMIT CAST(@most AS BIGINT);

-- name: EvidenceBetween :many
-- What was rested on first after one step and by another, so that it need not be looked for piece by piece.
SELECT ref, body FROM evidence WHERE nexus = @nexus AND step > @after AND step <= @upto
ORDER BY step LIMIT CAST(@most AS BIGINT);

-- name: CountGrounds :one
SELECT COUNT(*) FROM grounds WHERE nexus = @nexus AND made >= @since;

-- name: CountVerdicts :one
-- A verdict on a change to a definition rests on the rules alone, and has no ground.
SELECT COUNT(*) FROM verdicts WHERE nexus = @nexus AND subject NOT LIKE 'definition %';
