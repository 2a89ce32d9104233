import { FRENCH_ZONE, type Dated } from '../../law/index.ts';

/**
 * A constant of the law in SQL, in force on the day of an instant, by French clocks.
 *
 * While it has one value alone, that is all the statement says.
 */
export function lawOn<T>(at: string, parameter: Dated<T>, said: (value: T) => string): string {
  const [first, ...later] = parameter.turns;
  if (first === undefined || later.length === 0)
    return parameter.turns.map(({ value }) => said(value)).join('');
  const day = `(${at} AT TIME ZONE '${FRENCH_ZONE}')::date`;
  const branches = later
    .toReversed()
    .map(({ from, value }) => `WHEN ${day} >= '${from}' THEN ${said(value)}`);
  return `(CASE ${branches.join(' ')} ELSE ${said(first.value)} END)`;
}
