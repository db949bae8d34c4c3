-- Deliveries that brought out a fault of ours are listed with those that do not decode, and looked for in
-- each lane.

-- +goose Up
DROP INDEX steps_aside;
DROP INDEX steps_aside_delivery;
CREATE INDEX steps_aside ON steps (now, seq) WHERE result IN ('aside', 'broken');
CREATE INDEX steps_aside_delivery ON steps (delivery, lane) WHERE result IN ('aside', 'broken');
CREATE INDEX steps_broken ON steps (lane, now) WHERE result = 'broken';

-- +goose Down
DROP INDEX steps_broken;
DROP INDEX steps_aside_delivery;
DROP INDEX steps_aside;
CREATE INDEX steps_aside ON steps (now, seq) WHERE result = 'aside';
CREATE INDEX steps_aside_delivery ON steps (delivery, lane) WHERE result = 'aside';
