-- name: AddLeaf :execrows
INSERT INTO leaves (nexus, number, verdict, forgotten, hashes) VALUES (@nexus, @number, @verdict, 0, @hashes)
ON CONFLICT (verdict) DO NOTHING;

-- name: CountLeaves :one
-- They are numbered from 0 without a gap.
SELECT CAST(COALESCE(MAX(number) + 1, 0) AS BIGINT) FROM leaves WHERE nexus = @nexus;

-- name: LeafHashes :one
SELECT hashes FROM leaves WHERE nexus = @nexus AND number = @number;

-- name: LeafOf :one
SELECT l.nexus, l.number, v.body FROM leaves l JOIN verdicts v ON v.id = l.verdict WHERE l.verdict = @verdict;

-- name: LeavesAfter :many
SELECT l.number, l.verdict, l.forgotten, l.hashes, v.nexus, v.subject, v.step, v.place, v.outcome, v.increment, v.made, v.body
FROM leaves l LEFT JOIN verdicts v ON v.id = l.verdict
WHERE l.nexus = @nexus AND l.number > @after ORDER BY l.number LIMIT CAST(@most AS BIGINT);

-- name: Logged :many
SELECT DISTINCT nexus FROM leaves ORDER BY nexus;

-- name: UnloggedAfter :many
-- Verdicts that no leaf tells of.
SELECT v.id, v.nexus FROM verdicts v
WHERE v.id > @after AND NOT EXISTS (SELECT 1 FROM leaves l WHERE l.verdict = v.id)
ORDER BY v.id LIMIT CAST(@most AS BIGINT);

-- name: VerdictsAfter :many
SELECT id, nexus, step, place, body FROM verdicts
WHERE (nexus, step, place) > (CAST(@nexus AS TEXT), CAST(@step AS BIGINT), CAST(@place AS BIGINT))
ORDER BY nexus, step, place LIMIT CAST(@most AS BIGINT);

-- name: AddHead :exec
INSERT INTO heads (nexus, size, made, note) VALUES (@nexus, @size, @made, @note)
ON CONFLICT (nexus, size, made) DO NOTHING;

-- name: DropHeads :exec
DELETE FROM heads WHERE nexus = @nexus AND made >= @since AND made < @until AND size <= @size;

-- name: LastHead :one
SELECT size, made, note FROM heads WHERE nexus = @nexus ORDER BY size DESC, made DESC LIMIT 1;

-- name: Heads :many
SELECT size, made, note FROM heads WHERE nexus = @nexus ORDER BY size, made;

-- name: AddLogKey :exec
INSERT INTO log_keys (name, body) VALUES (@name, @body) ON CONFLICT (name) DO NOTHING;

-- name: LogKey :one
SELECT body FROM log_keys WHERE name = @name;

-- name: LeafOfVerdict :one
-- A leaf with the verdict as it is kept today.
SELECT l.number, l.verdict, l.forgotten, l.hashes, v.nexus, v.subject, v.step, v.place, v.outcome, v.increment, v.made, v.body
FROM leaves l LEFT JOIN verdicts v ON v.id = l.verdict
WHERE l.nexus = @nexus AND l.verdict = @verdict;

-- name: AddLetGo :exec
INSERT INTO let_go (nexus, leaf, made, note) VALUES (@nexus, @leaf, @made, @note)
ON CONFLICT (nexus, leaf, made) DO NOTHING;

-- name: LetGoAfter :many
SELECT leaf, made, note FROM let_go
WHERE nexus = @nexus AND (leaf, made) > (CAST(@leaf AS BIGINT), CAST(@made AS BIGINT))
ORDER BY leaf, made LIMIT CAST(@most AS BIGINT);

-- name: CountLetGo :one
SELECT COUNT(*) FROM let_go WHERE nexus = @nexus;
