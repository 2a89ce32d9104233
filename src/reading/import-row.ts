import { isTerritory, isTimeZone, type Territory } from '../rule/index.ts';
import { readPhoneByBlock, readPhone } from '../sms/index.ts';
import {
  type ContactGiven,
  adultLater,
  territoryNear,
  CONSENT_PURPOSES,
  type Scope,
} from '../person/index.ts';
import { grantsOf, type RowAgreement, type RowGrant, type RowWording } from './import-grant.ts';
import {
  purposesNamed,
  type RowProblem,
  saysNo,
  isToCome,
  type RowCells,
  type TypedDate,
} from './import-cell.ts';
import { exportedNumber, STATE } from './import-heading.ts';

/** An opt-out in a row. */
interface RowWithdrawal {
  /** The purposes; `all` only from a suppression list. */
  readonly purposes: readonly Scope[];
  /** `objected` for a suppression list. */
  readonly kind: 'withdrawn' | 'objected';
  /** As in the file. */
  readonly typed: string;
  /** ISO instant; absent when the cell gives no date. */
  readonly at: string | undefined;
}

/** The content read from one row. */
export interface RowReading {
  /** E.164 of any readable number, mobile or not: an opt-out needs no more. */
  readonly phone: string | undefined;
  readonly person: ContactGiven | undefined;
  readonly grants: readonly RowGrant[];
  /** The wording of a proven agreement, also with an unusable number. */
  readonly cited: RowWording | undefined;
  readonly withdrawal: RowWithdrawal | undefined;
  /** The reason of the rejection; such a row yields no person and no agreement. */
  readonly problem: RowProblem | undefined;
  readonly warnings: readonly string[];
}

/** One row as read, and where it stood. */
export interface ReadRow {
  readonly line: number;
  readonly reading: RowReading;
}

/** Reads one row, without the database. */
export function readRow(row: RowCells): RowReading {
  const place = placeOfRow(row);
  const tooLong = row.tooLong();
  const reading = readPhoneByBlock(numberOf(row), { region: regionOf(row), territory: place.hint });
  const phone = reading.kind === 'unreadable' ? undefined : reading.e164;
  const agreed = grantsOf(row);
  const person = personOf(row);
  const base = {
    phone,
    withdrawal: withdrawalOf(row, agreed.grantedAt),
    cited: citedIn(agreed, row),
  };
  const given = numberProblem(reading, tooLong);
  const problem = given ?? place.problem ?? person.problem ?? agreed.problem;
  if (problem !== undefined && !(row.rules.keepUnproven && problem === agreed.problem))
    return { ...base, person: undefined, grants: [], problem, warnings: [] };
  if (reading.kind !== 'mobile')
    return { ...base, person: undefined, grants: [], problem: given, warnings: [] };
  return {
    ...base,
    person: { line: reading, ...place.clues, ...person.details, lastInteractionAt: person.lastInteractionAt },
    grants: agreed.grants,
    problem: undefined,
    warnings: [...person.warnings, ...(agreed.problem === undefined ? [] : [agreed.problem.code])],
  };
}

/** Reads one row of a suppression list: any readable number. */
export function readSuppressionRow(row: RowCells): RowReading {
  const reading = readPhone(exportedNumber(numberOf(row)), { region: regionOf(row) });
  const none = { person: undefined, grants: [], cited: undefined, warnings: [] };
  if (saysStays(row))
    return { ...none, phone: undefined, withdrawal: undefined, problem: { code: 'NOT_OPTED_OUT' } };
  if (reading.kind === 'unreadable')
    return {
      ...none,
      phone: undefined,
      withdrawal: undefined,
      problem: numberProblem(reading, row.isCut('phone') ? ['phone'] : []),
    };
  return { ...none, phone: reading.e164, withdrawal: suppressionOf(row), problem: undefined };
}

/** Says whether a row of a whole base shows that its person did not opt out; so does an empty cell of such a column. */
function saysStays(row: RowCells): boolean {
  const left = row.cell('withdrawnAt');
  if (left !== '' && !row.isCut('withdrawnAt') && saysNo(left)) return true;
  if (row.isCut(`attributes.${STATE}`) || !row.rules.columns.attributes.some(({ name }) => name === STATE))
    return false;
  const said = row.attributes()[STATE];
  return said === undefined || saysNo(String(said));
}

/** A cut number is another number. */
const numberOf = (row: RowCells): string => (row.isCut('phone') ? '' : row.cell('phone'));

/** Checks the number before anything else: the beginning of a cell that is too long may not be its content. */
function numberProblem(
  reading: ReturnType<typeof readPhone>,
  tooLong: readonly string[],
): RowProblem | undefined {
  if (tooLong.length > 0) return { code: 'CELL_TOO_LONG', fields: tooLong };
  return reading.kind === 'mobile' ? undefined : { code: reading.code, reason: reading.reason };
}

/** A cut wording is another wording. */
const citedIn = ({ grants }: RowAgreement, row: RowCells): RowWording | undefined =>
  row.isCut('wording') ? undefined : grants[0]?.wording;

function placeOfRow(row: RowCells): {
  readonly clues: Pick<ContactGiven, 'territory' | 'timeZone' | 'postalCode'>;
  readonly hint: Territory | undefined;
  readonly problem?: RowProblem;
} {
  const [territory, timeZone, postalCode] = [
    row.cell('territory').toUpperCase(),
    row.cell('timeZone'),
    row.cell('postalCode'),
  ];
  const clues = {
    territory: isTerritory(territory) ? territory : undefined,
    timeZone: timeZone === '' ? undefined : timeZone,
    postalCode: postalCode === '' ? undefined : postalCode,
  };
  const place = {
    clues,
    hint: clues.territory ?? (postalCode === '' ? undefined : territoryNear(postalCode)),
  };
  if (territory !== '' && clues.territory === undefined)
    return { ...place, problem: { code: 'PLACE_UNKNOWN' } };
  if (timeZone !== '' && !isTimeZone(timeZone)) return { ...place, problem: { code: 'TIME_ZONE_UNKNOWN' } };
  return place;
}

const REGIONS: Readonly<Record<string, string>> = {
  france: 'FR',
  guadeloupe: 'GP',
  martinique: 'MQ',
  guyane: 'GF',
  reunion: 'RE',
  lareunion: 'RE',
  mayotte: 'YT',
  nouvellecaledonie: 'NC',
  polynesiefrancaise: 'PF',
};

function regionOf(row: RowCells): string | undefined {
  const cell = row.cell('region');
  if (cell === '') return undefined;
  if (/^[A-Za-z]{2}$/.test(cell)) return cell.toUpperCase();
  const name = cell
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
  return REGIONS[name];
}

function personOf(row: RowCells) {
  const born = birthOf(row);
  const seen = seenIn(row);
  return {
    details: {
      firstName: row.cell('firstName'),
      lastName: row.cell('lastName'),
      birthDate: born.on,
      attributes: row.attributes(),
    },
    lastInteractionAt: seen?.kind === 'date' ? seen.at : undefined,
    problem: born.problem,
    warnings: [...(seen?.kind === 'unreadable' ? [seen.code] : []), ...born.warnings],
  };
}

/** A future sign of life would keep somebody reachable for as long as it pleases: it is ignored. */
function seenIn(row: RowCells): TypedDate | undefined {
  const seen = row.date('lastInteractionAt');
  return seen?.kind === 'date' && isToCome(seen, row.rules)
    ? { kind: 'unreadable', code: 'DATE_INVALID' }
    : seen;
}

/** An unreadable date may be a child's. */
function birthOf(row: RowCells): {
  readonly on?: string;
  readonly problem?: RowProblem;
  readonly warnings: readonly string[];
} {
  const born = row.date('birthDate');
  if (born === undefined) return { warnings: [] };
  if (born.kind === 'unreadable')
    return { problem: { code: born.code, fields: ['birthDate'] }, warnings: [] };
  const { today } = row.rules;
  if (born.on > today) return { problem: { code: 'DATE_INVALID', fields: ['birthDate'] }, warnings: [] };
  return { on: born.on, warnings: adultLater(born.on, today) === undefined ? [] : ['MINOR'] };
}

/** Returns the opt-out in a row: later than its agreement, or without one. A cell that cannot be read counts as one. */
function withdrawalOf(row: RowCells, grantedAt: string | undefined): RowWithdrawal | undefined {
  if (!row.isCut('withdrawnAt') && saysNo(row.cell('withdrawnAt'))) return undefined;
  const left = row.date('withdrawnAt');
  if (left === undefined) return undefined;
  const at = left.kind === 'date' ? left.at : undefined;
  const cameBack = at !== undefined && grantedAt !== undefined && Date.parse(at) < Date.parse(grantedAt);
  if (cameBack) return undefined;
  const purposes = row.isCut('purpose')
    ? CONSENT_PURPOSES
    : (purposesNamed(row.cell('purpose') || 'marketing', row.rules.values) ?? ['marketing']);
  return { purposes, kind: 'withdrawn', typed: row.cell('withdrawnAt'), at };
}

/** Returns the opt-out that every row of a suppression list is; for marketing unless it names more. */
function suppressionOf(row: RowCells): RowWithdrawal {
  const since = row.date('withdrawnAt');
  const named = row.cell('purpose');
  const all = row.isCut('purpose') || /^(?:all|tout|tous|toutes)$/i.test(named);
  return {
    purposes: all ? ['all'] : (purposesNamed(named || 'marketing', row.rules.values) ?? ['all']),
    kind: 'objected',
    typed: row.cell('withdrawnAt'),
    at: since?.kind === 'date' ? since.at : undefined,
  };
}
