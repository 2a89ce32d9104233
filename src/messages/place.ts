import { isTerritory, localityAmong, type Locality, type Territory } from '../law/territory.ts';

/**
 * The locality that a row names: `RE`, or `GP+BL+MF` where only the number tells.
 *
 * Undefined when a territory is not known: no hour is lawful then.
 */
export function placeOf(territory: string, timeZone: string): Locality | undefined {
  const [first, ...others] = territory.split('+');
  const known = [first, ...others].filter(
    (word): word is Territory => word !== undefined && isTerritory(word),
  );
  const [main, ...rest] = known;
  if (main === undefined || known.length !== others.length + 1) return undefined;
  return { ...localityAmong([main, ...rest]), timeZone };
}
