-- Every definition that was ever in force: what it computes to, and who brought it when.

-- +goose Up
ALTER TABLE definitions ADD COLUMN settled TEXT NOT NULL DEFAULT '';

CREATE TABLE versions (
    nexus     TEXT   NOT NULL,
    step      BIGINT NOT NULL,
    place     BIGINT NOT NULL, -- within its step
    component TEXT   NOT NULL, -- '' for the Nexus-wide layer
    digest    TEXT   NOT NULL, -- of the source; '' where the layer was taken away
    body      TEXT   NOT NULL, -- JSON of the whole version
    PRIMARY KEY (nexus, step, place)
);

-- +goose Down
DROP TABLE versions;
ALTER TABLE definitions DROP COLUMN settled;
