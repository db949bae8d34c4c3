-- name: AddCheckpoint :exec
INSERT INTO checkpoints (lane, seq, now, made) VALUES (@lane, @seq, @now, @made);

-- name: AddCheckpointDoc :exec
INSERT INTO checkpoint_docs (lane, seq, key, body) VALUES (@lane, @seq, @key, @body);

-- name: Checkpoints :many
SELECT * FROM checkpoints WHERE lane = @lane ORDER BY seq;

-- name: CheckpointDocs :many
SELECT key, body FROM checkpoint_docs WHERE lane = @lane AND seq = @seq AND key > @key
ORDER BY key LIMIT CAST(@most AS BIGINT);

-- name: DropCheckpoints :exec
DELETE FROM checkpoints WHERE lane = @lane AND seq < @seq;

-- name: DropCheckpointDocs :execrows
-- Of those that are dropped, and of those that never came to be.
DELETE FROM checkpoint_docs WHERE checkpoint_docs.lane = @lane AND (checkpoint_docs.seq, checkpoint_docs.key) IN (
    SELECT d.seq, d.key FROM checkpoint_docs d WHERE d.lane = @lane
    AND NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.lane = d.lane AND c.seq = d.seq)
    LIMIT CAST(@most AS BIGINT));

-- name: FirstStep :one
SELECT CAST(COALESCE(MIN(seq), 0) AS BIGINT) FROM steps WHERE lane = @lane;

-- name: DropSteps :execrows
DELETE FROM steps WHERE steps.lane = @lane AND steps.seq IN (
    SELECT s.seq FROM steps s WHERE s.lane = @lane AND s.seq < @seq ORDER BY s.seq LIMIT CAST(@most AS BIGINT));

-- name: DropGoneDocs :execrows
-- A document that is gone stays for who reads what is new; by now they have.
DELETE FROM docs WHERE nexus = @nexus AND gone = 1 AND step < @step;

-- name: FirstDeliveryOf :one
-- The oldest that a step of a lane is folded from again; '' where there is none.
SELECT CAST(COALESCE(MIN(delivery), '') AS TEXT) FROM steps WHERE lane = @lane AND seq > @seq AND delivery <> '';

-- name: OldDeliveries :many
SELECT d.id FROM deliveries d WHERE d.id < @before AND d.received < @received
AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.delivery = d.id)
ORDER BY d.id LIMIT CAST(@most AS BIGINT);

-- name: DropDelivery :execrows
DELETE FROM deliveries WHERE id = @id;

-- name: SupersededVerdicts :many
-- Those that nothing shows any more: of subjects that are judged no more, and the earlier ones of the
-- others. A verdict that a forge is yet to be told stays.
SELECT v.id, v.subject, v.step, v.place FROM verdicts v
WHERE v.nexus = @nexus AND (v.subject, v.step, v.place) > (CAST(@subject AS TEXT), CAST(@step AS BIGINT), CAST(@place AS BIGINT))
AND v.step < @upto AND v.made < @before AND v.subject NOT LIKE 'increment %'
AND (NOT EXISTS (SELECT 1 FROM docs d WHERE d.nexus = v.nexus AND d.key = 'standing ' || v.subject AND d.gone = 0)
    OR EXISTS (SELECT 1 FROM verdicts n WHERE n.nexus = v.nexus AND n.subject = v.subject AND (n.step, n.place) > (v.step, v.place)))
AND NOT EXISTS (SELECT 1 FROM owed o WHERE o.nexus = v.nexus AND o.pending = 1 AND o.body LIKE '%' || v.id || '%')
ORDER BY v.subject, v.step, v.place LIMIT CAST(@most AS BIGINT);

-- name: IncrementGroundAfter :one
-- From a place on, the first of an Increment: a component's verdict that it does not rest on was
-- superseded before any Increment was judged by it.
SELECT g.verdict, g.body FROM grounds g JOIN verdicts v ON v.id = g.verdict
WHERE g.nexus = @nexus AND (g.step, g.place) > (CAST(@step AS BIGINT), CAST(@place AS BIGINT)) AND v.subject LIKE 'increment %'
ORDER BY g.step, g.place LIMIT 1;

-- name: DropVerdict :exec
DELETE FROM verdicts WHERE id = @id;

-- name: DropGround :exec
DELETE FROM grounds WHERE verdict = @verdict;

-- name: ForgetLeaf :exec
UPDATE leaves SET forgotten = @forgotten WHERE verdict = @verdict;

-- name: Forgotten :one
SELECT forgotten FROM leaves WHERE verdict = @verdict;

-- name: DropEvidence :exec
DELETE FROM evidence WHERE ref = @ref;

-- name: OldOwed :many
SELECT key, body, remote FROM owed
WHERE nexus = @nexus AND pending = 0 AND received < @received AND body <> '' AND key > @key
ORDER BY key LIMIT CAST(@most AS BIGINT);

-- name: DocStands :one
SELECT COUNT(*) FROM docs WHERE nexus = @nexus AND key = @key AND gone = 0;

-- name: DropOwed :execrows
DELETE FROM owed WHERE key = @key AND pending = 0;

-- name: BareOwed :execrows
-- What is left is where the report is shown, for one that is owed once more.
UPDATE owed SET body = '', digest = '', taken_digest = '', tried_digest = '', reason = ''
WHERE key = @key AND pending = 0;

-- name: DropBareOwed :execrows
DELETE FROM owed WHERE key IN (
    SELECT o.key FROM owed o WHERE o.nexus = @nexus AND o.pending = 0 AND o.body = '' AND o.received < @received
    LIMIT CAST(@most AS BIGINT));
