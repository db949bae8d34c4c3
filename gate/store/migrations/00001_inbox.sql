-- The inbox: every delivery as it came, and which of them wait.
--
-- A delivery is written once and never again: what became of it stands in its step, and that it
-- waits stands in pending. A state beside the body would make SQLite write the body a second time.

-- +goose Up
CREATE TABLE deliveries (
    id       TEXT   NOT NULL PRIMARY KEY,
    source   TEXT   NOT NULL,
    key      TEXT   NOT NULL,
    event    TEXT   NOT NULL,
    trust    BIGINT NOT NULL,
    received BIGINT NOT NULL,
    body     BYTEA  NOT NULL
);

CREATE UNIQUE INDEX deliveries_key ON deliveries (source, key);

CREATE TABLE pending (
    delivery TEXT NOT NULL PRIMARY KEY
);

-- +goose Down
DROP TABLE pending;
DROP TABLE deliveries;
