export { type Dated, type Day, dayIn, FRENCH_ZONE, frenchDay, isoText, localDate } from './dated.ts';
export { CONFIDENCES, LEVELS, MESSAGE_PURPOSES, type Purpose, REMINDERS, standsOn } from './rule.ts';
export {
  AMONG,
  isTerritory,
  type Locality,
  localityAmong,
  localityNamed,
  localityOf,
  localityOfPostalCode,
  namesOf,
  TERRITORIES,
  territoriesOf,
  type Territory,
  withGoodFriday,
  zonesAt,
  zonesNamed,
  zonesOf,
} from './territory.ts';
export { isTimeZone } from './time-zone.ts';
