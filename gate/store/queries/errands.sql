-- name: PutErrand :exec
-- One that took another's place begins anew. What was tried of that one may have reached the forge.
-- Its version is the step that made it: no other errand of the key ever has the same, also none that is
-- made when this one has ended.
INSERT INTO errands (nexus, key, version, body, made, not_before, attempts, tried, reason, delivery)
VALUES (@nexus, @key, @version, @body, @made, @made, 0, 0, '', @delivery)
ON CONFLICT (nexus, key) DO UPDATE SET
    version = excluded.version, body = excluded.body, delivery = excluded.delivery, made = excluded.made,
    not_before = excluded.not_before, attempts = 0, reason = ''
WHERE errands.body <> excluded.body;

-- name: DropErrand :exec
DELETE FROM errands WHERE nexus = @nexus AND key = @key;

-- name: DueErrands :many
SELECT * FROM errands WHERE nexus = @nexus AND not_before <= @now
ORDER BY made, key LIMIT CAST(@most AS BIGINT);

-- name: NextErrand :one
SELECT not_before FROM errands WHERE nexus = @nexus ORDER BY not_before LIMIT 1;

-- name: CountErrands :one
SELECT COUNT(*) AS errands, CAST(COALESCE(MIN(made), 0) AS BIGINT) AS oldest FROM errands;

-- name: RunErrand :execrows
UPDATE errands SET tried = 1, attempts = attempts + 1
WHERE nexus = @nexus AND key = @key AND version = @version;

-- name: EndErrand :execrows
DELETE FROM errands WHERE nexus = @nexus AND key = @key AND version = @version;

-- name: DeferErrand :execrows
-- One that has taken its place meanwhile was not tried.
UPDATE errands SET not_before = @until, tried = @tried, reason = @reason
WHERE nexus = @nexus AND key = @key AND version = @version;

-- name: PutBackErrand :execrows
-- No attempt was made after all. One before it may still have reached the forge.
UPDATE errands SET not_before = @until, tried = @tried, reason = @reason,
    attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
WHERE nexus = @nexus AND key = @key AND version = @version;

-- name: StuckErrands :many
-- What was put off, the oldest first: of one Nexus, or of all for ''.
SELECT body, made, reason FROM errands
WHERE reason <> '' AND (CAST(@nexus AS TEXT) = '' OR nexus = CAST(@nexus AS TEXT))
ORDER BY made, key LIMIT CAST(@most AS BIGINT);

-- name: HastenErrands :exec
UPDATE errands SET not_before = @now WHERE nexus = @nexus AND not_before > @now;
