-- name: AddVerdict :execrows
INSERT INTO verdicts (id, nexus, subject, step, place, outcome, increment, made, body)
VALUES (@id, @nexus, @subject, @step, @place, @outcome, @increment, @made, @body)
ON CONFLICT (id) DO NOTHING;

-- name: Verdict :one
SELECT body FROM verdicts WHERE id = @id;

-- name: VerdictsOf :many
SELECT body FROM verdicts WHERE nexus = @nexus AND subject = @subject
ORDER BY step DESC, place DESC LIMIT CAST(@most AS BIGINT);

-- name: PutIncrement :exec
INSERT INTO increments (nexus, number, digest, body) VALUES (@nexus, @number, @digest, @body)
ON CONFLICT (nexus, number) DO UPDATE SET digest = excluded.digest, body = excluded.body;

-- name: Increment :one
SELECT body FROM increments WHERE nexus = @nexus AND number = @number;

-- name: IncrementOf :one
-- The same composition may come again: the latest Increment of it.
SELECT body FROM increments WHERE nexus = @nexus AND digest = @digest ORDER BY number DESC LIMIT 1;

-- name: IncrementsBefore :many
SELECT body FROM increments WHERE nexus = @nexus AND number < @before
ORDER BY number DESC LIMIT CAST(@most AS BIGINT);
