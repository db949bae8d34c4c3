-- name: SettleOwed :execrows
-- What was to change has changed back before anything was sent: the forge shows this already.
UPDATE owed SET pending = 0, version = version + 1, digest = @digest, body = @body
WHERE key = @key AND pending = 1 AND tried = 0 AND taken_digest <> '' AND taken_digest = @digest;

-- name: RepeatOwed :execrows
-- The same report is owed already: it may only become more urgent.
UPDATE owed SET
    urgent = CASE WHEN urgent = 1 THEN 1 ELSE CAST(@urgent AS BIGINT) END,
    not_before = CASE WHEN attempts = 0 AND not_before > CAST(@not_before AS BIGINT)
        THEN CAST(@not_before AS BIGINT) ELSE not_before END
WHERE key = @key AND pending = 1 AND digest = @digest;

-- name: PutOwed :exec
-- Another report takes the older one's place, in place. What is pending keeps its urgency, its
-- earliest receipt and the end of its window. One whose attempt runs begins a window of its own;
-- one deferred after a failure is not put off beyond @retry_at.
INSERT INTO owed (key, nexus, version, digest, body, pending, urgent, received, not_before,
    attempts, tried, tried_digest, taken_digest, remote, reason, delivery)
VALUES (@key, @nexus, 1, @digest, @body, 1, @urgent, @received, @not_before, 0, 0, '', '', 0, '', @delivery)
ON CONFLICT (key) DO UPDATE SET
    version = owed.version + 1,
    digest = excluded.digest,
    body = excluded.body,
    delivery = excluded.delivery,
    pending = 1,
    urgent = CASE WHEN owed.pending = 1 AND owed.urgent = 1 THEN 1 ELSE excluded.urgent END,
    received = CASE WHEN owed.pending = 1 AND owed.received < excluded.received
        THEN owed.received ELSE excluded.received END,
    not_before = CASE
        WHEN owed.pending = 0 THEN excluded.not_before
        WHEN owed.attempts = 0 AND owed.not_before < excluded.not_before THEN owed.not_before
        WHEN owed.attempts = 0 THEN excluded.not_before
        WHEN owed.not_before <= CAST(@now AS BIGINT) THEN excluded.not_before
        WHEN owed.not_before < CAST(@retry_at AS BIGINT) THEN owed.not_before
        ELSE CAST(@retry_at AS BIGINT) END
WHERE owed.pending = 1 OR owed.taken_digest <> excluded.digest;

-- name: DueOwed :many
SELECT * FROM owed WHERE nexus = @nexus AND pending = 1 AND not_before <= @now
ORDER BY urgent DESC, received, key LIMIT CAST(@most AS BIGINT);

-- name: NextOwed :one
SELECT not_before FROM owed WHERE nexus = @nexus AND pending = 1 ORDER BY not_before LIMIT 1;

-- name: CountOwed :one
SELECT COUNT(*) AS reports, CAST(COALESCE(MIN(received), 0) AS BIGINT) AS oldest FROM owed WHERE pending = 1;

-- name: TryOwed :execrows
UPDATE owed SET tried = version, tried_digest = digest, attempts = attempts + 1
WHERE key = @key AND nexus = @nexus AND version = @version AND pending = 1;

-- name: TakeOwed :execrows
UPDATE owed SET
    taken_digest = CASE WHEN version = CAST(@version AS BIGINT) THEN digest
        WHEN tried = CAST(@version AS BIGINT) THEN tried_digest ELSE '' END,
    pending = CASE WHEN version = CAST(@version AS BIGINT) THEN 0 ELSE pending END,
    remote = CASE WHEN CAST(@remote AS BIGINT) = 0 THEN remote ELSE CAST(@remote AS BIGINT) END,
    attempts = 0, tried = 0, tried_digest = '', reason = ''
WHERE key = @key AND nexus = @nexus;

-- name: DeferOwed :execrows
-- A version newer than the one tried is not put off beyond @soon.
UPDATE owed SET
    not_before = CASE WHEN tried > 0 AND tried < version THEN CAST(@soon AS BIGINT)
        ELSE CAST(@until AS BIGINT) END,
    reason = @reason
WHERE key = @key AND nexus = @nexus;

-- name: UntryOwed :execrows
-- No attempt was made after all. One before it may still have reached the forge.
UPDATE owed SET
    attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END,
    tried = CASE WHEN CAST(@before AS BIGINT) = 1 THEN tried ELSE 0 END,
    tried_digest = CASE WHEN CAST(@before AS BIGINT) = 1 THEN tried_digest ELSE '' END
WHERE key = @key AND nexus = @nexus AND tried = CAST(@version AS BIGINT);

-- name: UntakenOwed :many
-- What was put off, the oldest first: of one Nexus, or of all for ''.
SELECT body, received, reason FROM owed
WHERE pending = 1 AND reason <> '' AND (CAST(@nexus AS TEXT) = '' OR nexus = CAST(@nexus AS TEXT))
ORDER BY received, key LIMIT CAST(@most AS BIGINT);

-- name: HastenOwed :exec
UPDATE owed SET not_before = @now WHERE nexus = @nexus AND pending = 1 AND not_before > @now;
