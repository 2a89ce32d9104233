const UNIQUE_VIOLATION = '23505';

/** Says whether PostgreSQL refused a row for a unique constraint. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
