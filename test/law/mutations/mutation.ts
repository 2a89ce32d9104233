/** A parameter of the register made false, and the tests that must notice by what they decide. */
export interface Mutation {
  readonly rule: string;
  readonly parameter: string;
  /** The source that holds the constant, from `src/law`. */
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

const WINDOWS = [
  'law/decide/decide.test.ts',
  'law/decide/list-windows.test.ts',
  'law/decide/lawful-moment.test.ts',
];
const PLANNER = ['law/decide/plan-reminder.test.ts'];
const REMINDERS = [
  'pure/reminders/steps/plan-steps.test.ts',
  'pure/reminders/steps/late-steps.test.ts',
  'pure/reminders/steps/correction.test.ts',
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

const STRICT = 'profile/advertising-hours.ts';
const FUNCTIONAL = 'profile/reminder-hours.ts';
const DEFAULT = 'return usualProfile(purpose).id;';
const HOURS = "sameHours('08:00', '20:00')";

/** Every parameter of the register, each with a change of it. */
export const mutations: readonly Mutation[] = [
  pure(
    'WIN-01 profile',
    change('profile.ts', DEFAULT, "return purpose === 'marketing' ? 'fr-ultra' : usualProfile(purpose).id;"),
    WINDOWS,
  ),
  quick('WIN-01 opens', change(STRICT, HOURS, "sameHours('03:00', '20:00')"), WINDOWS),
  quick('WIN-01 closes', change(STRICT, HOURS, "sameHours('08:00', '23:30')"), WINDOWS),
  quick(
    'WIN-02 allow_sunday',
    change(STRICT, `${HOURS},\n  ...closedDays,`, `${HOURS},\n  ...closedDays,\n  sundays: 'open',`),
    WINDOWS,
  ),
  pure('WIN-03 classes', change('chapters/windows.ts', "['national', 'local', 'soft']", "['national']"), [
    'law/decide/decide.test.ts',
    'law/decide/lawful-moment.test.ts',
    'law/several-zones.test.ts',
  ]),
  pure(
    'WIN-03 sighting_days',
    change('calendar/territory-day.ts', "sinceEver('WIN-03'), 1", "sinceEver('WIN-03'), 0"),
    ['law/calendar/customary.test.ts'],
  ),
  quick(
    'WIN-09 good_friday',
    change('chapters/recipient.ts', "dated([WIN_09, 'closed'])", "dated([WIN_09, 'open'])"),
    ['law/good-friday.test.ts'],
  ),
  pure(
    'WIN-04 profile',
    change(
      'profile.ts',
      DEFAULT,
      "return isReminder(purpose) ? 'fr-functional-open' : usualProfile(purpose).id;",
    ),
    WINDOWS,
  ),
  pure('WIN-04 opens', change(FUNCTIONAL, HOURS, "sameHours('03:00', '20:00')"), [...WINDOWS, ...REMINDERS]),
  pure('WIN-04 closes', change(FUNCTIONAL, HOURS, "sameHours('08:00', '23:30')"), [...WINDOWS, ...REMINDERS]),
  pure('WIN-04 shift', change('chapters/windows.ts', "[WIN_04, 'earlier']", "[WIN_04, 'later']"), PLANNER),
  quick('WIN-04 least_share_left', change('chapters/windows.ts', '[WIN_04, 0.5]', '[WIN_04, 0.1]'), PLANNER),
  pure(
    'WIN-04 if_late',
    change('chapters/windows.ts', "[WIN_04, 'next-lawful']", "[WIN_04, 'skip']"),
    PLANNER,
  ),
  pure(
    'WIN-04 least_lead_minutes',
    change(
      'chapters/windows.ts',
      'LEAST_LEAD_MINUTES = dated([WIN_04, 120])',
      'LEAST_LEAD_MINUTES = dated([WIN_04, 10])',
    ),
    PLANNER,
  ),
  pure('WIN-04 short_lead_minutes', change('chapters/windows.ts', '[WIN_04, 240]', '[WIN_04, 60]'), PLANNER),
  pure('WIN-04 floor_minutes', change('chapters/windows.ts', '[WIN_04, 5]', '[WIN_04, 0]'), REMINDERS),
  pure(
    'WIN-04 correction_lead_minutes',
    change(
      'chapters/windows.ts',
      'CORRECTION_LEAD_MINUTES = dated([WIN_04, 120])',
      'CORRECTION_LEAD_MINUTES = dated([WIN_04, 10])',
    ),
    REMINDERS,
  ),
  pure('WIN-08 marginMs', change('chapters/windows.ts', '[WIN_08, 0]', '[WIN_08, 900_000]'), WINDOWS),
  pure(
    'TZ-01 order',
    change(
      'chapters/recipient.ts',
      "'contact', 'postalCode', 'number',",
      "'number', 'postalCode', 'contact',",
    ),
    ['pure/person/contact-place.test.ts'],
  ),
  pure('NUM-01 regions', change('chapters/recipient.ts', "'GP', 'MQ', 'GF', 'RE',", "'MQ', 'GF',"), [
    'sms/number/phone-number.test.ts',
  ]),
  pure(
    'CON-01 basis',
    change(
      'chapters/consent.ts',
      "consent: 'always', contract: 'never'",
      "consent: 'always', contract: 'always'",
    ),
    ['law/chapters/consent.test.ts'],
  ),
  pure(
    'CON-01 opened_only',
    change('chapters/consent.ts', "legitimate_interest: 'if-opened' },", "legitimate_interest: 'always' },"),
    ['law/chapters/consent.test.ts'],
  ),
  pure('CON-02 basis', change('chapters/consent.ts', "  contract: 'always',", "  contract: 'never',"), [
    'law/chapters/consent.test.ts',
  ]),
  pure('CON-05 min_age_marketing', change('chapters/consent.ts', '[CON_05_TERM, 18]', '[CON_05_TERM, 16]'), [
    'law/chapters/consent.test.ts',
  ]),
  quick('SND-01 pattern', change('../rule/sender.ts', '{ least: 3, most: 11 }', '{ least: 1, most: 99 }'), [
    'sms/text/sender.test.ts',
  ]),
  quick('SND-02 forbidden', change('../rule/sender.ts', "digits: ['6', '7']", "digits: ['1']"), [
    'sms/text/sender.test.ts',
  ]),
  quick('TXT-02 max_parts', change('chapters/text.ts', '[TXT_02, 3]', '[TXT_02, 7]'), [
    'sms/text/content.test.ts',
  ]),
  pure('REN-01 earliest_months', change('chapters/renewal.ts', 'earliest: 3,', 'earliest: 5,'), [
    'law/chapters/renewal.test.ts',
    'pure/reminders/steps/plan-contract.test.ts',
  ]),
  pure('REN-01 latest_months', change('chapters/renewal.ts', 'latest: 1 }', 'latest: 2 }'), [
    'law/chapters/renewal.test.ts',
    'pure/reminders/steps/plan-contract.test.ts',
  ]),
  pure('REN-03 latest_days', change('chapters/renewal.ts', '[REN_03_TERM, 15]', '[REN_03_TERM, 5]'), [
    'pure/reminders/steps/plan-contract.test.ts',
  ]),
  pure('CON-05 min_age_consent', change('chapters/consent.ts', '[CON_05_TERM, 15]', '[CON_05_TERM, 5]'), [
    'pure/person/person.test.ts',
  ]),
  served('WIN-06 decision_lives_ms', change('chapters/windows.ts', '[WIN_06, 30_000]', '[WIN_06, 1]'), [
    'sending/batch/window.test.ts',
  ]),
  served('WIN-06 last_second_ms', change('chapters/windows.ts', '[WIN_06, 1_000]', '[WIN_06, 0]'), [
    'sending/batch/window.test.ts',
  ]),
  served('NUM-02 lives_months', change('chapters/recipient.ts', '[NUM_02_TERM, 24]', '[NUM_02_TERM, 2]'), [
    'sending/batch/number.test.ts',
  ]),
  served('CON-03 attested_for', change('chapters/consent.ts', '[CON_03, REMINDERS]', '[CON_03, []]'), [
    'web/api/bookings/appointment.test.ts',
  ]),
  pure('OPT-02 sla_s', change('chapters/opt-out.ts', '[OPT_02_TERM, 3_600]', '[OPT_02_TERM, 360_000]'), [
    'pure/operations/compliance/compliance.test.ts',
  ]),
  served('OPT-02 max_h', change('chapters/opt-out.ts', '[OPT_02_TERM, 48]', '[OPT_02_TERM, 480]'), [
    'web/api/company/compliance.test.ts',
    'people/opt-out/late-opt-out.test.ts',
  ]),
  pure('OPT-09 pull_hours', change('chapters/opt-out.ts', '[OPT_09, 24]', '[OPT_09, 0]'), [
    'law/chapters/opt-out.test.ts',
  ]),
  served('RET-01 after', change('chapters/retention.ts', "[RET_01, 'P3Y']", "[RET_01, 'P9Y']"), [
    'sending/batch/number.test.ts',
  ]),
  pure('RET-02 at_least', change('chapters/retention.ts', "[RET_02, 'P3Y']", "[RET_02, 'P9Y']"), [
    'pure/people/retention/erasure-certificate.test.ts',
  ]),
  pure('RET-03 after', change('chapters/retention.ts', "'P5Y'", "'P9Y'"), [
    'pure/people/retention/erasure-certificate.test.ts',
  ]),
  served('RET-04 text_after_event', change('chapters/retention.ts', "'P30D'", "'P90D'"), [
    'web/api/people/retention.test.ts',
  ]),
  pure('RET-04 log', change('chapters/retention.ts', "'P12M'", "'P36M'"), [
    'pure/people/retention/erasure-certificate.test.ts',
  ]),
  served('RGT-01 within', change('chapters/retention.ts', "'P1M'", "'P3M'"), [
    'web/api/people/erasure.test.ts',
  ]),
];
