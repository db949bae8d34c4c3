-- What forges are to do for us that is no report: each until it was done or refused.

-- +goose Up
CREATE TABLE errands (
    nexus      TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    version    BIGINT NOT NULL, -- no two errands of a key have the same
    body       TEXT   NOT NULL, -- JSON of the errand
    made       BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    tried      BIGINT NOT NULL, -- 1: an attempt may have reached the forge
    reason     TEXT   NOT NULL, -- why it was deferred
    PRIMARY KEY (nexus, key)
);

CREATE INDEX errands_due ON errands (nexus, not_before);

-- +goose Down
DROP TABLE errands;
