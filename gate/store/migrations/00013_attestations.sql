-- Signed statements on verdicts: all who ask are given the same one, as long as its key is published.

-- +goose Up
CREATE TABLE attestations (
    verdict  TEXT   NOT NULL PRIMARY KEY,
    made     BIGINT NOT NULL,
    envelope TEXT   NOT NULL
);

-- +goose Down
DROP TABLE attestations;
