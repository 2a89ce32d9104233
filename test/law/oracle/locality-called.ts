import {
  localityOfPostalCode,
  isTerritory,
  localityAmong,
  localityOf,
  type Locality,
} from '../../../src/rule/territory.ts';
import { readPhone } from '../../../src/sms/number/phone-number.ts';

/** The locality of a territory, of a postal code or of a number that tells several, as the product has it. */
export function localityCalled(name: string): Locality {
  const locality = isTerritory(name) ? localityOf(name) : writtenPlace(name);
  if (locality === undefined) throw new Error(`${name} is no place.`);
  return locality;
}

function writtenPlace(name: string): Locality | undefined {
  if (!name.startsWith('+')) return localityOfPostalCode(name);
  const line = readPhone(name);
  const [first, ...others] = 'territories' in line ? line.territories : [];
  return first && localityAmong([first, ...others]);
}
