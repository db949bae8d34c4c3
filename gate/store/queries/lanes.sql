-- name: AddLane :execrows
INSERT INTO lanes (name, holder, fence, beat, routed) VALUES (@name, '', 0, 0, 0)
ON CONFLICT (name) DO NOTHING;

-- name: Lanes :many
SELECT name, holder, fence, beat FROM lanes ORDER BY name;

-- name: ClaimLane :execrows
-- Who saw it otherwise than it is claims nothing.
UPDATE lanes SET holder = @holder, fence = fence + 1, beat = beat + 1
WHERE name = @name AND fence = @fence AND beat = @beat;

-- name: RenewLane :execrows
-- The sign of life, and what every write in a lane begins with: it locks the row, and finds none where
-- another has claimed the lane.
UPDATE lanes SET beat = beat + 1 WHERE name = @name AND fence = @fence;

-- name: ReleaseLane :execrows
UPDATE lanes SET holder = '', fence = fence + 1 WHERE name = @name AND fence = @fence;

-- name: WaitingLanes :many
SELECT l.name FROM lanes l WHERE (l.holder = @holder OR l.holder = '')
AND EXISTS (SELECT 1 FROM pending p WHERE p.lane = l.name) ORDER BY l.name;

-- name: Routed :one
-- It rises with every change of any lane's routes.
SELECT CAST(COALESCE(SUM(routed), 0) AS BIGINT) FROM lanes;

-- name: RaiseRouted :exec
UPDATE lanes SET routed = routed + 1 WHERE name = @name;

-- name: Routes :many
SELECT place, lane FROM routes ORDER BY lane, place;

-- name: AddRoute :execrows
INSERT INTO routes (place, lane) VALUES (@place, @lane) ON CONFLICT (place, lane) DO NOTHING;

-- name: DropRoute :exec
DELETE FROM routes WHERE place = @place AND lane = @lane;

-- name: RoutesOf :many
SELECT place FROM routes WHERE lane = @lane;

-- name: Mark :one
SELECT body FROM marks WHERE name = @name;

-- name: PutMark :exec
INSERT INTO marks (name, body) VALUES (@name, @body) ON CONFLICT (name) DO UPDATE SET body = excluded.body;

-- name: BeatReplica :exec
INSERT INTO replicas (name, beat) VALUES (@name, 1) ON CONFLICT (name) DO UPDATE SET beat = replicas.beat + 1;

-- name: Replicas :many
SELECT name, beat FROM replicas ORDER BY name;

-- name: DropReplica :exec
-- One that has beaten since it was seen is alive.
DELETE FROM replicas WHERE name = @name AND beat = @beat;

-- name: StepsTaken :many
-- How far each lane's record has come.
SELECT l.name, CAST(COALESCE((SELECT MAX(s.seq) FROM steps s WHERE s.lane = l.name), 0) AS BIGINT) AS seq
FROM lanes l ORDER BY l.name;
