import { by, consents, law, look, smsTest, type Enforcement } from './law-enforcement.ts';
import { bilingual } from '../../../words/index.ts';

const oracle = law('oracle/oracle');
const random = law('random-moments');
const moments = [
  by('src/law/decide/lawful-moment.ts', 'closuresAt'),
  by('src/law/decide/opening.ts', 'stretchOn'),
  by('src/law/decide/list-windows.ts', 'windows'),
];

/** Provisions on moments, places, numbers and consent. */
export const earlierChapters: Readonly<Record<string, Enforcement>> = {
  'WIN-01': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-02': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-03': {
    by: [
      ...moments,
      by('src/law/calendar/territory-day.ts', 'territoryDays'),
      by('src/law/calendar/national.ts', 'nationalDays'),
    ],
    tests: [
      law('decide/lawful-moment'),
      law('calendar/holiday'),
      law('calendar/etalab'),
      law('calendar/second-source'),
      oracle,
    ],
  },
  'WIN-04': {
    by: [
      by('src/law/decide/plan-reminder.ts', 'planReminder'),
      by('src/reminders/steps/plan-steps.ts', 'planSteps'),
    ],
    tests: [
      law('decide/plan-reminder'),
      'test/web/api/bookings/one-planner.test.ts',
      'test/reminders/booking/appointment.test.ts',
    ],
  },
  'WIN-05': {
    by: [
      by('src/law/profile.ts', 'profiles'),
      by('src/law/decide/lawful-moment.ts', 'bindingAt'),
      by('src/sending/batch/parking.repository.ts', 'keepDecision'),
    ],
    tests: [law('book'), law('rules-of-the-day'), law('appended-row')],
  },
  'WIN-06': {
    by: [look, by('src/sending/batch/verdict.ts', 'Verdicts')],
    tests: ['test/sending/batch/window.test.ts', 'test/sending/batch/chunk.test.ts'],
  },
  'WIN-07': {
    by: [by('src/law/decide/decide.ts', 'decide'), by('src/sending/attempt/attempt.ts', 'Attempt')],
    tests: [law('decide/decide')],
  },
  'WIN-08': {
    by: [by('src/law/chapters/windows.ts', 'sendingHours'), by('src/sending/batch/verdict.ts', 'Verdicts')],
    tests: [law('decide/lawful-moment'), law('chapters/windows')],
  },
  'WIN-09': {
    by: [by('src/law/calendar/holiday.ts', 'holidaysOn')],
    tests: [law('good-friday'), 'test/web/api/company/tenant-preview.test.ts'],
    partly: true,
    note: bilingual.enforcement['WIN-09'],
  },
  'TZ-01': {
    by: [
      by('src/people/contact/contact-place.ts', 'placeFromClues'),
      by('src/law/territory.ts', 'localityOfPostalCode'),
      by('src/law/decide/decision-inputs.ts', 'assessInputs'),
    ],
    tests: [
      'test/people/contact/upsert-contacts.test.ts',
      law('postal-code'),
      law('territory'),
      law('any-question'),
    ],
  },
  'TZ-02': {
    by: [by('src/law/decide/doubt.ts', 'localMoment')],
    tests: [law('chapters/recipient'), law('decide/local-moment')],
  },
  'NUM-01': {
    by: [by('src/sms/number/phone-number.ts', 'readPhone')],
    tests: [smsTest('number/phone-number')],
  },
  'NUM-02': {
    by: [look, by('src/people/contact/contact.repository.ts', 'writeNumber')],
    tests: ['test/sending/batch/number.test.ts', 'test/web/api/people/contact-phone.test.ts'],
  },
  'CON-01': {
    by: [
      by('src/law/chapters/consent.ts', 'basisAllowed'),
      by('src/people/consent/consent-event.ts', 'isOpenBasis'),
      by('src/company/tenant/tenant.ts', 'leftUnsaid'),
      look,
    ],
    tests: [
      law('chapters/consent'),
      consents,
      'test/web/api/people/existing-customer.test.ts',
      'test/sending/batch/existing-customer.test.ts',
    ],
  },
  'CON-02': {
    by: [
      by('src/law/chapters/consent.ts', 'basisAllowed'),
      by('src/people/consent/consent-event.ts', 'isOpenBasis'),
    ],
    tests: [law('chapters/consent'), consents],
  },
  'CON-03': {
    by: [
      by('src/people/consent/consent-event.ts', 'missingFields'),
      by('src/people/consent/grant-criteria.ts', 'readGrantCriteria'),
    ],
    tests: [consents, 'test/pure/people/contact/person.test.ts'],
  },
  'CON-04': {
    by: [
      by('src/people/consent/wording.ts', 'addWording'),
      by('src/people/consent/wording-findings.ts', 'wordingFindings'),
      by('src/web/public/form-page.ts', 'formPage'),
    ],
    tests: ['test/pure/people/consent/wording-findings.test.ts', 'test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-04'],
  },
  'CON-05': {
    by: [
      by('src/people/contact/person.ts', 'adultLater'),
      by('src/people/consent/grant-criteria.ts', 'barUnderAge'),
      by('src/web/public/form-sending.ts', 'formSent'),
      look,
    ],
    tests: [law('chapters/consent'), consents, 'test/pure/people/contact/person.test.ts'],
  },
  'CON-06': {
    by: [by('src/people/import/import-grant.ts', 'grantsOf')],
    tests: ['test/people/import/import-shop.test.ts', 'test/people/import/import-row.test.ts'],
  },
  'CON-07': {
    by: [by('src/people/form/form-shown.ts', 'shownForm')],
    tests: ['test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-07'],
  },
};
