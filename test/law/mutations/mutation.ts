/** A parameter of the register made false, and the tests that must notice by what they decide. */
export interface Mutation {
  readonly rule: string;
  readonly parameter: string;
  /** The source that holds the constant, below `src/law`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Below `test`. */
  readonly tests: readonly string[];
  /** `services` needs PostgreSQL and Temporal. */
  readonly project: 'pure' | 'services';
  /** Also in `npm run check`. */
  readonly quick?: true;
}

type Change = Pick<Mutation, 'file' | 'from' | 'to'>;

const change = (file: string, from: string, to: string): Change => ({ file, from, to });

const WINDOWS = ['law/decide.test.ts', 'law/windows.test.ts', 'law/lawful-moment.test.ts'];
const PLANNER = ['law/plan-reminder.test.ts'];
const REMINDERS = [
  'pure/reminders/plan-steps.test.ts',
  'pure/reminders/late-steps.test.ts',
  'pure/reminders/correction.test.ts',
];

function pure(name: string, made: Change, tests: readonly string[]): Mutation {
  const [rule = '', parameter = ''] = name.split(' ');
  return { rule, parameter, ...made, tests, project: 'pure' };
}

const quick = (name: string, made: Change, tests: readonly string[]): Mutation => ({
  ...pure(name, made, tests),
  quick: true,
});

const served = (name: string, made: Change, tests: readonly string[]): Mutation => ({
  ...pure(name, made, tests),
  project: 'services',
});

const STRICT = 'profile/seed-strict.ts';
const FUNCTIONAL = 'profile/functional.ts';
const HOURS = "sameHours('08:00', '20:00')";
const BASIS_TABLE = 'bases.ts';

/** Every parameter of the register, each with a change of it. */
export const mutations: readonly Mutation[] = [
  pure('WIN-01 profile', change('purpose.ts', ': seedStrict.id', ": 'fr-ultra'"), WINDOWS),
  quick('WIN-01 opens', change(STRICT, HOURS, "sameHours('03:00', '20:00')"), WINDOWS),
  quick('WIN-01 closes', change(STRICT, HOURS, "sameHours('08:00', '23:30')"), WINDOWS),
  quick(
    'WIN-02 allow_sunday',
    change(STRICT, '...closedDays,', "...closedDays,\n  sundays: 'open',"),
    WINDOWS,
  ),
  pure('WIN-03 classes', change('timing/holiday-rest.ts', "['national', 'local', 'soft']", "['national']"), [
    'law/decide.test.ts',
    'law/lawful-moment.test.ts',
    'law/several-zones.test.ts',
  ]),
  pure('WIN-03 sighting_days', change('calendar/customary.ts', 'SIGHTING_DAYS = 1', 'SIGHTING_DAYS = 0'), [
    'law/calendar/customary.test.ts',
  ]),
  quick('WIN-09 good_friday', change('timing/good-friday.ts', "= 'closed'", "= 'open'"), [
    'law/good-friday.test.ts',
  ]),
  pure('WIN-04 profile', change('purpose.ts', '? functional.id', "? 'fr-functional-open'"), WINDOWS),
  pure('WIN-04 opens', change(FUNCTIONAL, HOURS, "sameHours('03:00', '20:00')"), [...WINDOWS, ...REMINDERS]),
  pure('WIN-04 closes', change(FUNCTIONAL, HOURS, "sameHours('08:00', '23:30')"), [...WINDOWS, ...REMINDERS]),
  pure(
    'WIN-04 shift',
    change('timing/reminder-hours.ts', "Direction = 'earlier'", "Direction = 'later'"),
    PLANNER,
  ),
  quick(
    'WIN-04 least_share_left',
    change('timing/reminder-hours.ts', 'SHARE_LEFT = 0.5', 'SHARE_LEFT = 0.1'),
    PLANNER,
  ),
  pure(
    'WIN-04 if_late',
    change(
      'timing/reminder-hours.ts',
      "USUAL_IF_LATE: IfLate = 'next-lawful'",
      "USUAL_IF_LATE: IfLate = 'skip'",
    ),
    PLANNER,
  ),
  pure(
    'WIN-04 least_lead_minutes',
    change('timing/reminder-hours.ts', 'LEAST_LEAD_MINUTES = 120', 'LEAST_LEAD_MINUTES = 10'),
    PLANNER,
  ),
  pure(
    'WIN-04 short_lead_minutes',
    change('timing/reminder-hours.ts', 'SHORT_LEAD_MINUTES = 240', 'SHORT_LEAD_MINUTES = 60'),
    PLANNER,
  ),
  pure(
    'WIN-04 floor_minutes',
    change('timing/reminder-hours.ts', 'PLAN_FLOOR_MINUTES = 5', 'PLAN_FLOOR_MINUTES = 0'),
    REMINDERS,
  ),
  pure(
    'WIN-04 correction_lead_minutes',
    change('timing/reminder-hours.ts', 'CORRECTION_LEAD_MINUTES = 120', 'CORRECTION_LEAD_MINUTES = 10'),
    REMINDERS,
  ),
  pure('WIN-08 marginMs', change('timing/draining.ts', 'MARGIN_MS = 0', 'MARGIN_MS = 900_000'), WINDOWS),
  pure(
    'TZ-01 order',
    change(
      'timing/place-order.ts',
      "'contact', 'postalCode', 'number',",
      "'number', 'postalCode', 'contact',",
    ),
    ['pure/contacts/contact-place.test.ts'],
  ),
  pure('NUM-01 regions', change('recipient/mobile-number.ts', "'GP', 'MQ', 'GF', 'RE',", "'MQ', 'GF',"), [
    'sms/phone-number.test.ts',
  ]),
  pure(
    'CON-01 basis',
    change(BASIS_TABLE, "consent: 'always', contract: 'never'", "consent: 'always', contract: 'always'"),
    ['law/bases.test.ts'],
  ),
  pure(
    'CON-01 opened_only',
    change(BASIS_TABLE, "legitimate_interest: 'if-opened' },", "legitimate_interest: 'always' },"),
    ['law/bases.test.ts'],
  ),
  pure('CON-02 basis', change(BASIS_TABLE, "  contract: 'always',", "  contract: 'never',"), [
    'law/bases.test.ts',
  ]),
  pure('CON-05 min_age_marketing', change('consent/minor.ts', 'MARKETING = 18', 'MARKETING = 16'), [
    'law/consent/minor.test.ts',
  ]),
  quick(
    'SND-01 pattern',
    change('sender/sender-name.ts', '{ least: 3, most: 11 }', '{ least: 1, most: 99 }'),
    ['sms/sender.test.ts'],
  ),
  quick('SND-02 forbidden', change('sender/no-mobile-sender.ts', "digits: ['6', '7']", "digits: ['1']"), [
    'sms/sender.test.ts',
  ]),
  quick('TXT-02 max_parts', change('text/parts-of-final-text.ts', 'MAX_PARTS = 3', 'MAX_PARTS = 7'), [
    'sms/content.test.ts',
  ]),
  pure('REN-01 earliest_months', change('renewal/notice-window.ts', 'earliest: 3,', 'earliest: 5,'), [
    'law/renewal/notice-window.test.ts',
    'pure/reminders/plan-renewal.test.ts',
  ]),
  pure('REN-01 latest_months', change('renewal/notice-window.ts', 'latest: 1 }', 'latest: 2 }'), [
    'law/renewal/notice-window.test.ts',
    'pure/reminders/plan-renewal.test.ts',
  ]),
  pure('REN-03 latest_days', change('renewal/insurance-notice.ts', 'LATEST_DAYS = 15', 'LATEST_DAYS = 5'), [
    'pure/reminders/plan-renewal.test.ts',
  ]),
  pure('CON-05 min_age_consent', change('consent/minor.ts', 'CONSENT = 15', 'CONSENT = 5'), [
    'pure/contacts/person.test.ts',
  ]),
  served('WIN-06 decision_lives_ms', change('timing/last-look.ts', 'LIVES_MS = 30_000', 'LIVES_MS = 1'), [
    'messages/window.test.ts',
  ]),
  served('WIN-06 last_second_ms', change('timing/last-look.ts', 'SECOND_MS = 1_000', 'SECOND_MS = 0'), [
    'messages/window.test.ts',
  ]),
  served(
    'NUM-02 lives_months',
    change('recipient/living-number.ts', 'LIVES_MONTHS = 24', 'LIVES_MONTHS = 2'),
    ['messages/number.test.ts'],
  ),
  served('CON-03 attested_for', change('consent/complete-proof.ts', '= REMINDERS', '= []'), [
    'http/appointment.test.ts',
  ]),
  pure('OPT-02 sla_s', change('opt-out/immediate-effect.ts', 'SECONDS = 3_600', 'SECONDS = 360_000'), [
    'pure/tenants/compliance.test.ts',
  ]),
  served('OPT-02 max_h', change('opt-out/immediate-effect.ts', 'HOURS = 48', 'HOURS = 480'), [
    'http/compliance.test.ts',
    'contacts/late-leaving.test.ts',
  ]),
  pure('OPT-09 pull_hours', change('opt-out/operator-blacklist.ts', 'HOURS = 24', 'HOURS = 0'), [
    'law/opt-out/operator-blacklist.test.ts',
  ]),
  served('RET-01 after', change('retention/contact.ts', "'P3Y'", "'P9Y'"), ['messages/number.test.ts']),
  pure('RET-02 at_least', change('retention/suppression.ts', "'P3Y'", "'P9Y'"), [
    'pure/contacts/erasure-certificate.test.ts',
  ]),
  pure('RET-03 after', change('retention/proof.ts', "'P5Y'", "'P9Y'"), [
    'pure/contacts/erasure-certificate.test.ts',
  ]),
  served('RET-04 text_after_event', change('retention/reminder-text.ts', "'P30D'", "'P90D'"), [
    'http/retention.test.ts',
  ]),
  pure('RET-04 log', change('retention/reminder-text.ts', "'P12M'", "'P36M'"), [
    'pure/contacts/erasure-certificate.test.ts',
  ]),
  served('RGT-01 within', change('retention/access-export.ts', "'P1M'", "'P3M'"), ['http/erasure.test.ts']),
];
