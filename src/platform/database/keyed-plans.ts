/**
 * Startup options of connections whose statements are planned once, and read by keys alone. A generic plan assumes
 * ten elements and so takes nested loops on primary keys whatever the size of the tables; a custom one costs 15–25
 * µs a message in planning alone, and milliseconds where a dozen tables are joined. Materialization is off: a table
 * without statistics seems small, and each page would read it whole.
 */
export const KEYED_PLANS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off ' +
  '-c enable_bitmapscan=off -c enable_memoize=off -c enable_material=off -c max_parallel_workers_per_gather=0 -c jit=off';
