import { FRENCH_ZONE, type Dated } from '../../rule/index.ts';

/**
 * Writes a constant of the law as SQL, in force on the day of an instant, by French clocks. A constant with a
 * single value becomes that value.
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
