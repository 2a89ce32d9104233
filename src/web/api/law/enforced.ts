import { NOTICE_DAYS } from '../../../people/index.ts';
import { howLong } from '../../../law/index.ts';
import { bilingual, type Words } from '../../../words/index.ts';

/** A symbol that enforces a provision, and its file. */
export interface Enforcer {
  readonly file: string;
  readonly symbol: string;
}

/** What enforces a provision, and the tests that show it. */
export interface Enforcement {
  /** Empty when this version does not enforce the provision. */
  readonly by: readonly Enforcer[];
  readonly tests: readonly string[];
  /** True when a part is left to the controller; the note says which. */
  readonly partly?: true;
  readonly note?: Words;
}

/** Names a symbol and the file that declares it, which `test/documents` checks. */
const by = (file: string, symbol: string): Enforcer => ({ file, symbol });

const left = (note: Words): Enforcement => ({ by: [], tests: [], note });

const law = (name: string): string => `test/law/${name}.test.ts`;

const smsTest = (name: string): string => `test/sms/${name}.test.ts`;

const consents = 'test/people/consent/record-consents.test.ts';

/** The statement that marks a message, whose last look decides whether it is sent. */
const look = by('src/sending/attempt/mark.repository.ts', 'lookAndMark');

const oracle = law('oracle/oracle');
const random = law('random-moments');
const moments = [
  by('src/law/decide/lawful-moment.ts', 'closuresAt'),
  by('src/law/decide/opening.ts', 'stretchOn'),
  by('src/law/decide/list-windows.ts', 'windows'),
];
const stop = 'test/sending/replies/take-reply.test.ts';
const many = 'test/sending/attempt/stop.test.ts';
const content = smsTest('text/content');
const rules = smsTest('text/content-rule');
const notice = howLong({ days: NOTICE_DAYS });

/** What enforces each provision, by its id. */
export const enforcement: Readonly<Record<string, Enforcement>> = {
  'WIN-01': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-02': { by: moments, tests: [law('decide/lawful-moment'), law('decide/list-windows'), random, oracle] },
  'WIN-03': {
    by: [
      ...moments,
      by('src/law/calendar/territory-day.ts', 'territoryDays'),
      by('src/law/calendar/territory-day.ts', 'nationalDays'),
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
      by('src/person/person.ts', 'placeFromClues'),
      by('src/rule/territory.ts', 'localityOfPostalCode'),
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
    by: [by('src/law/decide/decision-inputs.ts', 'localMoment')],
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
      by('src/person/consent-event.ts', 'isOpenBasis'),
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
    by: [by('src/law/chapters/consent.ts', 'basisAllowed'), by('src/person/consent-event.ts', 'isOpenBasis')],
    tests: [law('chapters/consent'), consents],
  },
  'CON-03': {
    by: [
      by('src/person/consent-event.ts', 'missingFields'),
      by('src/people/consent/grant-criteria.ts', 'readGrantCriteria'),
    ],
    tests: [consents, 'test/pure/person/person.test.ts'],
  },
  'CON-04': {
    by: [
      by('src/people/consent/wording.repository.ts', 'addWording'),
      by('src/people/consent/wording-findings.ts', 'wordingFindings'),
      by('src/web/public/form-page.ts', 'formPage'),
    ],
    tests: ['test/pure/people/consent/wording-findings.test.ts', 'test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-04'],
  },
  'CON-05': {
    by: [
      by('src/person/person.ts', 'adultLater'),
      by('src/people/consent/grant-criteria.ts', 'barUnderAge'),
      by('src/web/public/form-sending.ts', 'formSent'),
      look,
    ],
    tests: [law('chapters/consent'), consents, 'test/pure/person/person.test.ts'],
  },
  'CON-06': {
    by: [by('src/reading/import-grant.ts', 'grantsOf')],
    tests: ['test/people/import/import-shop.test.ts', 'test/people/import/import-row.test.ts'],
  },
  'CON-07': {
    by: [by('src/people/form/form-shown.ts', 'shownForm')],
    tests: ['test/web/public/public-form.test.ts'],
    partly: true,
    note: bilingual.enforcement['CON-07'],
  },
  'OPT-01': { by: [look], tests: [stop, many] },
  'OPT-02': {
    by: [
      by('src/sending/replies/take-reply.ts', 'takeReply'),
      by('src/people/opt-out/opt-out.repository.ts', 'isLate'),
      by('src/operations/compliance/compliance.ts', 'complianceOf'),
    ],
    tests: [stop, 'test/people/opt-out/late-opt-out.test.ts', 'test/web/api/company/compliance.test.ts'],
    note: bilingual.enforcement['OPT-02'],
  },
  'OPT-03': {
    by: [
      by('src/sending/replies/reply-taking.ts', 'matchReply'),
      by('src/people/opt-out/record-opt-outs.ts', 'recordOptOuts'),
    ],
    tests: [stop, consents],
  },
  'OPT-04': {
    by: [
      by('src/sms/inbound/opt-out-word.ts', 'optOutIn'),
      by('src/sms/inbound/inbound-word.ts', 'replyWords'),
    ],
    tests: [smsTest('inbound/opt-out-word'), smsTest('inbound/inbound-word')],
  },
  'OPT-05': {
    by: [
      by('src/sending/answers/answer-owed.ts', 'oweThem'),
      by('src/sending/answers/acknowledgement.repository.ts', 'answerText'),
    ],
    tests: [stop],
  },
  'OPT-06': {
    by: [
      by('src/sms/text/stop-mention.ts', 'optOutFindings'),
      by('src/sms/text/stop-mention.ts', 'stopMention'),
    ],
    tests: [smsTest('text/stop-mention'), content],
  },
  'OPT-07': {
    by: [
      by('src/sms/text/stop-mention.ts', 'optOutFindings'),
      by('src/sms/inbound/opt-out-word.ts', 'objectionIn'),
    ],
    tests: [smsTest('text/stop-mention'), content],
  },
  'OPT-08': {
    by: [by('src/sending/answers/acknowledgement.repository.ts', 'answerText')],
    tests: [stop],
  },
  'OPT-09': {
    by: [
      by('src/sending/receipts/receipt.repository.ts', 'heedOptOuts'),
      by('src/gateways/open-gateway.ts', 'pullStops'),
    ],
    tests: ['test/gateways/send-path.test.ts'],
    partly: true,
    note: bilingual.enforcement['OPT-09'],
  },
  'OPT-10': {
    by: [
      by('src/people/consent/grant-criteria.ts', 'earlierProofs'),
      by('src/person/consent-event.ts', 'consentStatusOf'),
    ],
    tests: [consents, 'test/pure/person/consent-status.test.ts'],
  },
  'SND-01': {
    by: [by('src/sms/text/content-rule.ts', 'checkSender')],
    tests: [smsTest('text/sender')],
  },
  'SND-02': {
    by: [by('src/sms/text/content-rule.ts', 'checkSender')],
    tests: [smsTest('text/sender'), content],
  },
  'SND-03': {
    by: [by('src/sms/text/content.ts', 'checkText')],
    tests: [content],
  },
  'SND-04': {
    by: [by('src/company/tenant/tenant.ts', 'routedAccounts')],
    tests: ['test/web/api/company/account-routes.test.ts'],
    partly: true,
    note: bilingual.enforcement['SND-04'],
  },
  'TXT-01': {
    by: [
      by('src/sms/text/content.ts', 'checkText'),
      by('src/sms/text/health-word.ts', 'healthWords'),
      by('src/sms/text/variable.ts', 'vocabularyOf'),
    ],
    tests: [content, rules, smsTest('text/variable')],
  },
  'TXT-02': {
    by: [by('src/sms/text/template.ts', 'render'), by('src/sms/encoding/encoding.ts', 'septetParts')],
    tests: [smsTest('encoding/encoding'), smsTest('text/template')],
  },
  'TXT-03': {
    by: [by('src/sms/text/content.ts', 'checkText'), by('src/sms/text/word-list.ts', 'promotionalWords')],
    tests: [content],
  },
  'TXT-04': {
    by: [by('src/sms/text/word-list.ts', 'links')],
    tests: [content],
  },
  'REN-01': {
    by: [
      by('src/reminders/steps/plan-contract.ts', 'planRenewal'),
      by('src/reminders/steps/plan-steps.ts', 'noticeBounds'),
    ],
    tests: [law('chapters/renewal'), 'test/pure/reminders/steps/plan-contract.test.ts'],
  },
  'REN-02': {
    by: [
      by('src/reminders/steps/plan-steps.ts', 'noticeBounds'),
      by('src/reminders/series/outlook.ts', 'reconsider'),
    ],
    tests: ['test/reminders/booking/renewal.test.ts'],
  },
  'REN-03': {
    by: [by('src/reminders/steps/plan-steps.ts', 'noticeBounds')],
    tests: ['test/pure/reminders/steps/plan-contract.test.ts'],
  },
  'SEC-01': {
    by: [
      by('src/sms/text/word-list.ts', 'prohibitedTrades'),
      by('src/sms/text/content-rule.ts', 'wordFindings'),
    ],
    tests: [content, rules],
  },
  'RET-01': {
    by: [
      look,
      by('src/campaigns/audience/freeze.repository.ts', 'judgedPeople'),
      by('src/people/eligibility/eligibility.repository.ts', 'EXCLUSION_RULES'),
      by('src/people/retention/retention.repository.ts', 'removeAged'),
      by('src/people/consent/record-consents.ts', 'expireConsents'),
    ],
    tests: [
      'test/web/api/people/retention.test.ts',
      'test/sending/batch/number.test.ts',
      'test/campaigns/audience/freeze.test.ts',
      'test/people/consent/consents-at.test.ts',
    ],
    note: bilingual.enforcement['RET-01']({ notice }),
  },
  'RET-02': {
    by: [by('migrations/20261212000000-first.ts', 'First')],
    tests: [
      'test/people/evidence/chain.test.ts',
      'test/web/api/people/erasure.test.ts',
      'test/web/api/people/retention.test.ts',
    ],
    note: bilingual.enforcement['RET-02'],
  },
  'RET-03': {
    by: [
      by('src/people/retention/person-removal.repository.ts', 'removePerson'),
      by('src/people/retention/retention.repository.ts', 'removeAged'),
    ],
    tests: ['test/web/api/people/erasure.test.ts'],
  },
  'RET-04': {
    by: [
      by('src/people/retention/retention.repository.ts', 'removeAged'),
      by('src/sending/receipts/receipt.repository.ts', 'forgetReceipts'),
    ],
    tests: ['test/web/api/people/retention.test.ts'],
  },
  'RET-05': {
    by: [
      by('src/operations/erasure/erasure.ts', 'requestErasure'),
      by('src/operations/erasure/erasure.ts', 'eraseTraces'),
      by('src/people/retention/person-removal.repository.ts', 'removePerson'),
    ],
    tests: ['test/web/api/people/erasure.test.ts', 'test/end-to-end/erasure.test.ts'],
  },
  'RGT-01': {
    by: [
      by('src/operations/export/export.ts', 'exportOf'),
      by('src/operations/erasure/erasure.ts', 'requestErasure'),
    ],
    tests: ['test/web/api/people/contact-export.test.ts'],
  },
  'AUD-01': {
    by: [
      by('src/sending/batch/parking.repository.ts', 'keepDecision'),
      by('src/company/audit/audit-entry.repository.ts', 'recordAudit'),
      by('src/people/evidence/chain.ts', 'linkChain'),
    ],
    tests: ['test/people/evidence/chain.test.ts', law('decide/decide')],
  },
  'ENC-01': {
    by: [
      by('src/crypto/cipher.ts', 'sealBytes'),
      by('src/platform/crypto/vault.ts', 'Vault'),
      by('src/temporal/payload-codec.ts', 'PayloadSealer'),
    ],
    tests: ['test/people/contact/upsert-contacts.test.ts', 'test/temporal/payload-codec.test.ts'],
  },
  'ACC-01': {
    by: [
      by('migrations/20261212000000-first.ts', 'First'),
      by('src/platform/database/connection.ts', 'openDatabase'),
      by('src/web/server/route.ts', 'route'),
    ],
    tests: ['test/web/server/tenancy.test.ts', 'test/web/server/role.test.ts'],
  },
  'FRQ-01': {
    by: [
      by('src/sending/attempt/mark.repository.ts', 'OVER_CAP'),
      by('src/reminders/series/series-plan.ts', 'isOverCap'),
    ],
    tests: ['test/sending/attempt/cap.test.ts'],
    note: bilingual.enforcement['FRQ-01'],
  },
  'HDS-01': left(bilingual.enforcement['HDS-01']),
};
