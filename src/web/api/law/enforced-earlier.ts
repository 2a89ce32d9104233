import { by, consents, law, look, smsTest, type Enforcement } from './enforcer.ts';
import { bilingual } from '../../../words/index.ts';

const oracle = law('oracle/oracle');
const random = law('random-moments');
const moments = [
  by<typeof import('../../../law/decide/lawful-moment.ts')>('src/law/decide/lawful-moment.ts', 'closuresAt'),
  by<typeof import('../../../law/decide/open-day.ts')>('src/law/decide/open-day.ts', 'stretchOn'),
  by<typeof import('../../../law/decide/list-windows.ts')>('src/law/decide/list-windows.ts', 'windows'),
];

/** Provisions on moments, places, numbers and consent. */
export const earlierChapters: Readonly<Record<string, Enforcement>> = {
  'WIN-01': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-02': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-03': {
    by: [
      ...moments,
      by<typeof import('../../../law/calendar/territory-day.ts')>(
        'src/law/calendar/territory-day.ts',
        'territoryDays',
      ),
      by<typeof import('../../../law/calendar/national.ts')>('src/law/calendar/national.ts', 'nationalDays'),
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
      by<typeof import('../../../law/decide/plan-reminder.ts')>(
        'src/law/decide/plan-reminder.ts',
        'planReminder',
      ),
      by<typeof import('../../../reminders/steps/plan-steps.ts')>(
        'src/reminders/steps/plan-steps.ts',
        'planSteps',
      ),
    ],
    tests: [
      law('decide/plan-reminder'),
      'test/web/api/bookings/one-planner.test.ts',
      'test/reminders/booking/appointment.test.ts',
    ],
  },
  'WIN-05': {
    by: [
      by<typeof import('../../../law/profile.ts')>('src/law/profile.ts', 'profiles'),
      by<typeof import('../../../law/decide/lawful-moment.ts')>(
        'src/law/decide/lawful-moment.ts',
        'bindingAt',
      ),
      by<typeof import('../../../sending/batch/parking.repository.ts')>(
        'src/sending/batch/parking.repository.ts',
        'keepDecision',
      ),
    ],
    tests: [law('book'), law('rules-of-the-day'), law('appended-row')],
  },
  'WIN-06': {
    by: [
      look,
      by<typeof import('../../../sending/batch/verdict.ts')>('src/sending/batch/verdict.ts', 'Verdicts'),
    ],
    tests: ['test/sending/batch/window.test.ts', 'test/sending/batch/chunk.test.ts'],
  },
  'WIN-07': {
    by: [
      by<typeof import('../../../law/decide/decide.ts')>('src/law/decide/decide.ts', 'decide'),
      by<typeof import('../../../sending/attempt/attempt.ts')>('src/sending/attempt/attempt.ts', 'Attempt'),
    ],
    tests: [law('decide/decide')],
  },
  'WIN-08': {
    by: [
      by<typeof import('../../../law/chapters/windows.ts')>('src/law/chapters/windows.ts', 'sendingHours'),
      by<typeof import('../../../sending/batch/verdict.ts')>('src/sending/batch/verdict.ts', 'Verdicts'),
    ],
    tests: [law('decide/lawful-moment'), law('chapters/windows')],
  },
  'WIN-09': {
    by: [by<typeof import('../../../law/calendar/holiday.ts')>('src/law/calendar/holiday.ts', 'holidaysOn')],
    tests: [law('good-friday'), 'test/web/api/company/tenant-preview.test.ts'],
    partly: true,
    note: bilingual.enforcement['WIN-09'],
  },
  'TZ-01': {
    by: [
      by<typeof import('../../../people/contact/contact-place.ts')>(
        'src/people/contact/contact-place.ts',
        'placeFromClues',
      ),
      by<typeof import('../../../law/territory.ts')>('src/law/territory.ts', 'localityOfPostalCode'),
      by<typeof import('../../../law/decide/decision-inputs.ts')>(
        'src/law/decide/decision-inputs.ts',
        'assessInputs',
      ),
    ],
    tests: [
      'test/people/contact/upsert-contacts.test.ts',
      law('postal-code'),
      law('territory'),
      law('any-question'),
    ],
  },
  'TZ-02': {
    by: [by<typeof import('../../../law/decide/doubt.ts')>('src/law/decide/doubt.ts', 'localMoment')],
    tests: [law('chapters/recipient'), law('decide/local-moment')],
  },
  'NUM-01': {
    by: [
      by<typeof import('../../../sms/number/phone-number.ts')>('src/sms/number/phone-number.ts', 'readPhone'),
    ],
    tests: [smsTest('number/phone-number')],
  },
  'NUM-02': {
    by: [
      by<typeof import('../../../sending/attempt/mark.repository.ts')>(
        'src/sending/attempt/mark.repository.ts',
        'lookAndMark',
      ),
      by<typeof import('../../../people/contact/contact.repository.ts')>(
        'src/people/contact/contact.repository.ts',
        'writeNumber',
      ),
    ],
    tests: ['test/sending/batch/number.test.ts', 'test/web/api/people/contact-phone.test.ts'],
  },
  'CON-01': {
    by: [
      by<typeof import('../../../law/chapters/consent.ts')>('src/law/chapters/consent.ts', 'basisAllowed'),
      by<typeof import('../../../people/consent/consent-event.ts')>(
        'src/people/consent/consent-event.ts',
        'isOpenBasis',
      ),
      by<typeof import('../../../company/tenant/tenant.ts')>('src/company/tenant/tenant.ts', 'leftUnsaid'),
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
      by<typeof import('../../../law/chapters/consent.ts')>('src/law/chapters/consent.ts', 'basisAllowed'),
      by<typeof import('../../../people/consent/consent-event.ts')>(
        'src/people/consent/consent-event.ts',
        'isOpenBasis',
      ),
    ],
    tests: [law('chapters/consent'), consents],
  },
  'CON-03': {
    by: [
      by<typeof import('../../../people/consent/consent-event.ts')>(
        'src/people/consent/consent-event.ts',
        'missingFields',
      ),
      by<typeof import('../../../people/consent/grant-criteria.ts')>(
        'src/people/consent/grant-criteria.ts',
        'readGrantCriteria',
      ),
    ],
    tests: [consents, 'test/pure/people/contact/person.test.ts'],
  },
  'CON-04': {
    by: [
      by<typeof import('../../../people/consent/wording.ts')>('src/people/consent/wording.ts', 'addWording'),
      by<typeof import('../../../people/consent/wording-findings.ts')>(
        'src/people/consent/wording-findings.ts',
        'wordingFindings',
      ),
      by<typeof import('../../public/form-page.ts')>('src/web/public/form-page.ts', 'formPage'),
    ],
    tests: ['test/pure/people/consent/wording-findings.test.ts', 'test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-04'],
  },
  'CON-05': {
    by: [
      by<typeof import('../../../people/contact/person.ts')>('src/people/contact/person.ts', 'adultLater'),
      by<typeof import('../../../people/consent/grant-criteria.ts')>(
        'src/people/consent/grant-criteria.ts',
        'barUnderAge',
      ),
      by<typeof import('../../public/form-sent.ts')>('src/web/public/form-sent.ts', 'formSent'),
      look,
    ],
    tests: [law('chapters/consent'), consents, 'test/pure/people/contact/person.test.ts'],
  },
  'CON-06': {
    by: [
      by<typeof import('../../../people/import/import-grant.ts')>(
        'src/people/import/import-grant.ts',
        'grantsOf',
      ),
    ],
    tests: ['test/people/import/import-shop.test.ts', 'test/people/import/import-row.test.ts'],
  },
  'CON-07': {
    by: [
      by<typeof import('../../../people/form/form-shown.ts')>('src/people/form/form-shown.ts', 'shownForm'),
    ],
    tests: ['test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-07'],
  },
};
