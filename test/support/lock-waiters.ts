type Query = (text: string) => Promise<{ readonly rows: readonly unknown[] } | readonly unknown[]>;

/**
 * Counts the sessions of this database that wait for a lock. Inside a transaction PostgreSQL shows the sessions of
 * the first look again and again, without those that were opened since: each look is a fresh one.
 */
export async function lockWaiters(query: Query): Promise<number> {
  await query('SELECT pg_stat_clear_snapshot()');
  const found = await query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return 'rows' in found ? found.rows.length : found.length;
}
