-- What a delivery is traced by, and which one a report or an errand came of.

-- +goose Up
ALTER TABLE deliveries ADD COLUMN trace TEXT NOT NULL DEFAULT ''; -- W3C Trace Context of its receipt; '': it is not traced
ALTER TABLE owed ADD COLUMN delivery TEXT NOT NULL DEFAULT ''; -- behind the version that is owed; '': a deadline
ALTER TABLE errands ADD COLUMN delivery TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE errands DROP COLUMN delivery;
ALTER TABLE owed DROP COLUMN delivery;
ALTER TABLE deliveries DROP COLUMN trace;
