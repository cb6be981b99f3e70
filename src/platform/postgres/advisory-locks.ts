/** Keys of the advisory locks, in one place so that no two uses share one. */
export const ADVISORY_LOCKS = {
  /** Held while migrations run. */
  migrations: 7_301_001,
  /** Held while a partition is made. */
  partitions: 7_301_002,
  /** Shared by every recording transaction; exclusive for the short turns of rebuild, floor and horizon. */
  recording: 7_301_003,
  /** Held by the replica that drops a partition. */
  retention: 7_301_004,
  /** Held by the session that rebuilds the projections. */
  rebuild: 7_301_005,
} as const;
