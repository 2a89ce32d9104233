import { by, consents, law, look, sms, type Enforcement } from './enforcer.ts';
import { bilingual } from '../words/index.ts';

const oracle = law('oracle/oracle');
const random = law('random-moments');
const moments = [
  by<typeof import('../law/lawful-moment.ts')>('src/law/lawful-moment.ts', 'barsAt'),
  by<typeof import('../law/open-day.ts')>('src/law/open-day.ts', 'stretchOn'),
  by<typeof import('../law/windows.ts')>('src/law/windows.ts', 'windows'),
];

/** Provisions on moments, places, numbers and consent. */
export const earlierChapters: Readonly<Record<string, Enforcement>> = {
  'WIN-01': { by: moments, tests: [law('lawful-moment'), law('windows'), random, oracle] },
  'WIN-02': { by: moments, tests: [law('lawful-moment'), law('windows'), random, oracle] },
  'WIN-03': {
    by: [
      ...moments,
      by<typeof import('../law/calendar/territory-day.ts')>(
        'src/law/calendar/territory-day.ts',
        'territoryDays',
      ),
      by<typeof import('../law/calendar/national.ts')>('src/law/calendar/national.ts', 'nationalDays'),
    ],
    tests: [
      law('lawful-moment'),
      law('calendar/holiday'),
      law('calendar/etalab'),
      law('calendar/second-source'),
      oracle,
    ],
  },
  'WIN-04': {
    by: [
      by<typeof import('../law/plan-reminder.ts')>('src/law/plan-reminder.ts', 'planReminder'),
      by<typeof import('../reminders/plan-steps.ts')>('src/reminders/plan-steps.ts', 'planSteps'),
    ],
    tests: [law('plan-reminder'), 'test/http/one-planner.test.ts', 'test/reminders/appointment.test.ts'],
  },
  'WIN-05': {
    by: [
      by<typeof import('../law/profile.ts')>('src/law/profile.ts', 'profiles'),
      by<typeof import('../law/binding.ts')>('src/law/binding.ts', 'bindingAt'),
      by<typeof import('../messages/decision.repository.ts')>(
        'src/messages/decision.repository.ts',
        'keepDecision',
      ),
    ],
    tests: [law('index'), law('rules-of-the-day'), law('appended-row')],
  },
  'WIN-06': {
    by: [look, by<typeof import('../messages/verdict.ts')>('src/messages/verdict.ts', 'Verdicts')],
    tests: ['test/messages/window.test.ts', 'test/messages/chunk.test.ts'],
  },
  'WIN-07': {
    by: [
      by<typeof import('../law/decide.ts')>('src/law/decide.ts', 'decide'),
      by<typeof import('../messages/attempt.ts')>('src/messages/attempt.ts', 'Attempt'),
    ],
    tests: [law('decide')],
  },
  'WIN-08': {
    by: [
      by<typeof import('../law/chapters/windows.ts')>('src/law/chapters/windows.ts', 'sendingHours'),
      by<typeof import('../messages/verdict.ts')>('src/messages/verdict.ts', 'Verdicts'),
    ],
    tests: [law('lawful-moment'), law('chapters/windows')],
  },
  'WIN-09': {
    by: [by<typeof import('../law/calendar/holiday.ts')>('src/law/calendar/holiday.ts', 'holidaysOn')],
    tests: [law('good-friday'), 'test/http/tenant-preview.test.ts'],
    partly: true,
    note: bilingual.enforcement['WIN-09'],
  },
  'TZ-01': {
    by: [
      by<typeof import('../contacts/contact-place.ts')>('src/contacts/contact-place.ts', 'placeFromClues'),
      by<typeof import('../law/postal-code.ts')>('src/law/postal-code.ts', 'localityOfPostalCode'),
      by<typeof import('../law/premises.ts')>('src/law/premises.ts', 'premisesOf'),
    ],
    tests: [
      'test/contacts/upsert-contacts.test.ts',
      law('postal-code'),
      law('territory'),
      law('any-question'),
    ],
  },
  'TZ-02': {
    by: [by<typeof import('../law/local-moment.ts')>('src/law/local-moment.ts', 'localMoment')],
    tests: [law('chapters/recipient'), law('local-moment')],
  },
  'NUM-01': {
    by: [by<typeof import('../sms/phone-number.ts')>('src/sms/phone-number.ts', 'readPhone')],
    tests: [sms('phone-number')],
  },
  'NUM-02': {
    by: [
      by<typeof import('../messages/look.repository.ts')>('src/messages/look.repository.ts', 'lookAndMark'),
      by<typeof import('../contacts/number.repository.ts')>(
        'src/contacts/number.repository.ts',
        'writeNumber',
      ),
    ],
    tests: ['test/messages/number.test.ts', 'test/http/contact-phone.test.ts'],
  },
  'CON-01': {
    by: [
      by<typeof import('../law/chapters/consent.ts')>('src/law/chapters/consent.ts', 'basisAllowed'),
      by<typeof import('../contacts/consent-basis.ts')>('src/contacts/consent-basis.ts', 'isOpenBasis'),
      by<typeof import('../tenants/sale-statement.ts')>('src/tenants/sale-statement.ts', 'leftUnsaid'),
      look,
    ],
    tests: [
      law('chapters/consent'),
      consents,
      'test/http/existing-customer.test.ts',
      'test/messages/existing-customer.test.ts',
    ],
  },
  'CON-02': {
    by: [
      by<typeof import('../law/chapters/consent.ts')>('src/law/chapters/consent.ts', 'basisAllowed'),
      by<typeof import('../contacts/consent-basis.ts')>('src/contacts/consent-basis.ts', 'isOpenBasis'),
    ],
    tests: [law('chapters/consent'), consents],
  },
  'CON-03': {
    by: [
      by<typeof import('../contacts/consent-proof.ts')>('src/contacts/consent-proof.ts', 'missingFields'),
      by<typeof import('../contacts/grant-grounds.ts')>('src/contacts/grant-grounds.ts', 'readGrounds'),
    ],
    tests: [consents, 'test/pure/contacts/person.test.ts'],
  },
  'CON-04': {
    by: [
      by<typeof import('../contacts/wording.ts')>('src/contacts/wording.ts', 'addWording'),
      by<typeof import('../contacts/wording-findings.ts')>(
        'src/contacts/wording-findings.ts',
        'wordingFindings',
      ),
      by<typeof import('../pages/form.ts')>('src/pages/form.ts', 'formPage'),
    ],
    tests: ['test/pure/contacts/wording-findings.test.ts', 'test/http/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-04'],
  },
  'CON-05': {
    by: [
      by<typeof import('../contacts/adulthood.ts')>('src/contacts/adulthood.ts', 'adultLater'),
      by<typeof import('../contacts/bar-under-age.ts')>('src/contacts/bar-under-age.ts', 'barUnderAge'),
      by<typeof import('./form-sent.ts')>('src/http/form-sent.ts', 'formSent'),
      look,
    ],
    tests: [law('chapters/consent'), consents, 'test/pure/contacts/person.test.ts'],
  },
  'CON-06': {
    by: [by<typeof import('../contacts/import-grant.ts')>('src/contacts/import-grant.ts', 'grantsOf')],
    tests: ['test/contacts/import-shop.test.ts', 'test/contacts/import-row.test.ts'],
  },
  'CON-07': {
    by: [by<typeof import('../contacts/form-shown.ts')>('src/contacts/form-shown.ts', 'shownForm')],
    tests: ['test/http/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-07'],
  },
};
