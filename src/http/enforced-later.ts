import { NOTICE_DAYS } from '../contacts/retention.ts';
import { howLong } from '../law/rule.ts';
import { by, consents, law, left, look, sms, type Enforcement } from './enforcer.ts';
import { bilingual } from '../words/index.ts';

const stop = 'test/messages/take-reply.test.ts';
const many = 'test/messages/stop.test.ts';
const content = sms('content');
const rules = sms('content-rule');
const notice = howLong({ days: NOTICE_DAYS });

/** Provisions on leaving, senders, texts, renewals, keeping and records. */
export const laterChapters: Readonly<Record<string, Enforcement>> = {
  'OPT-01': { by: [look], tests: [stop, many] },
  'OPT-02': {
    by: [
      by<typeof import('../messages/take-reply.ts')>('src/messages/take-reply.ts', 'takeReply'),
      by<typeof import('../contacts/late-leaving.repository.ts')>(
        'src/contacts/late-leaving.repository.ts',
        'isLate',
      ),
      by<typeof import('../tenants/compliance.ts')>('src/tenants/compliance.ts', 'complianceOf'),
    ],
    tests: [stop, 'test/contacts/late-leaving.test.ts', 'test/http/compliance.test.ts'],
    note: bilingual.enforcement['OPT-02'],
  },
  'OPT-03': {
    by: [
      by<typeof import('../messages/reply-match.ts')>('src/messages/reply-match.ts', 'matchReply'),
      by<typeof import('../contacts/record-leavings.ts')>(
        'src/contacts/record-leavings.ts',
        'recordLeavings',
      ),
    ],
    tests: [stop, consents],
  },
  'OPT-04': {
    by: [
      by<typeof import('../sms/opt-out-word.ts')>('src/sms/opt-out-word.ts', 'optOutIn'),
      by<typeof import('../sms/inbound-text.ts')>('src/sms/inbound-text.ts', 'heard'),
    ],
    tests: [sms('opt-out-word'), sms('inbound-word')],
  },
  'OPT-05': {
    by: [
      by<typeof import('../messages/answer-owed.ts')>('src/messages/answer-owed.ts', 'oweThem'),
      by<typeof import('../messages/answer-text.ts')>('src/messages/answer-text.ts', 'answerText'),
    ],
    tests: [stop],
  },
  'OPT-06': {
    by: [
      by<typeof import('../sms/opt-out-check.ts')>('src/sms/opt-out-check.ts', 'optOutFindings'),
      by<typeof import('../sms/stop-mention.ts')>('src/sms/stop-mention.ts', 'stopMention'),
    ],
    tests: [sms('stop-mention'), content],
  },
  'OPT-07': {
    by: [
      by<typeof import('../sms/opt-out-check.ts')>('src/sms/opt-out-check.ts', 'optOutFindings'),
      by<typeof import('../sms/opt-out-sentence.ts')>('src/sms/opt-out-sentence.ts', 'objectionIn'),
    ],
    tests: [sms('stop-mention'), content],
  },
  'OPT-08': {
    by: [by<typeof import('../messages/answer-text.ts')>('src/messages/answer-text.ts', 'answerText')],
    tests: [stop],
  },
  'OPT-09': {
    by: [
      by<typeof import('../messages/hearsay.repository.ts')>(
        'src/messages/hearsay.repository.ts',
        'heedOptOuts',
      ),
      by<typeof import('../worker-accounts.ts')>('src/worker-accounts.ts', 'pullStops'),
    ],
    tests: ['test/gateways/send-path.test.ts'],
    partly: true,
    note: bilingual.enforcement['OPT-09'],
  },
  'OPT-10': {
    by: [
      by<typeof import('../contacts/earlier-proof.ts')>('src/contacts/earlier-proof.ts', 'earlierProofs'),
      by<typeof import('../contacts/consent-standing.ts')>('src/contacts/consent-standing.ts', 'standingOf'),
    ],
    tests: [consents, 'test/pure/contacts/consent-standing.test.ts'],
  },
  'SND-01': {
    by: [by<typeof import('../sms/sender.ts')>('src/sms/sender.ts', 'checkSender')],
    tests: [sms('sender')],
  },
  'SND-02': {
    by: [by<typeof import('../sms/sender.ts')>('src/sms/sender.ts', 'checkSender')],
    tests: [sms('sender'), content],
  },
  'SND-03': {
    by: [by<typeof import('../sms/content.ts')>('src/sms/content.ts', 'checkText')],
    tests: [content],
  },
  'SND-04': {
    by: [by<typeof import('../tenants/account-route.ts')>('src/tenants/account-route.ts', 'routedAccounts')],
    tests: ['test/http/account-routes.test.ts'],
    partly: true,
    note: bilingual.enforcement['SND-04'],
  },
  'TXT-01': {
    by: [
      by<typeof import('../sms/content.ts')>('src/sms/content.ts', 'checkText'),
      by<typeof import('../sms/health-word.ts')>('src/sms/health-word.ts', 'healthWords'),
      by<typeof import('../sms/variable.ts')>('src/sms/variable.ts', 'vocabularyOf'),
    ],
    tests: [content, rules, sms('variable')],
  },
  'TXT-02': {
    by: [
      by<typeof import('../sms/rendering.ts')>('src/sms/rendering.ts', 'render'),
      by<typeof import('../sms/parts.ts')>('src/sms/parts.ts', 'septetParts'),
    ],
    tests: [sms('encoding'), sms('template')],
  },
  'TXT-03': {
    by: [
      by<typeof import('../sms/content.ts')>('src/sms/content.ts', 'checkText'),
      by<typeof import('../sms/promotional-word.ts')>('src/sms/promotional-word.ts', 'promotionalWords'),
    ],
    tests: [content],
  },
  'TXT-04': {
    by: [by<typeof import('../sms/link-and-number.ts')>('src/sms/link-and-number.ts', 'links')],
    tests: [content],
  },
  'REN-01': {
    by: [
      by<typeof import('../reminders/plan-renewal.ts')>('src/reminders/plan-renewal.ts', 'planRenewal'),
      by<typeof import('../reminders/notice-bounds.ts')>('src/reminders/notice-bounds.ts', 'noticeBounds'),
    ],
    tests: [law('chapters/renewal'), 'test/pure/reminders/plan-renewal.test.ts'],
  },
  'REN-02': {
    by: [
      by<typeof import('../reminders/notice-bounds.ts')>('src/reminders/notice-bounds.ts', 'noticeBounds'),
      by<typeof import('../reminders/reconsider.ts')>('src/reminders/reconsider.ts', 'reconsider'),
    ],
    tests: ['test/reminders/renewal.test.ts'],
  },
  'REN-03': {
    by: [
      by<typeof import('../reminders/notice-bounds.ts')>('src/reminders/notice-bounds.ts', 'noticeBounds'),
    ],
    tests: ['test/pure/reminders/plan-renewal.test.ts'],
  },
  'SEC-01': {
    by: [
      by<typeof import('../sms/barred-trade.ts')>('src/sms/barred-trade.ts', 'barredTrades'),
      by<typeof import('../sms/content-rule.ts')>('src/sms/content-rule.ts', 'wordFindings'),
    ],
    tests: [content, rules],
  },
  'RET-01': {
    by: [
      look,
      by<typeof import('../campaigns/freeze.repository.ts')>(
        'src/campaigns/freeze.repository.ts',
        'judgedPeople',
      ),
      by<typeof import('../contacts/eligibility.repository.ts')>(
        'src/contacts/eligibility.repository.ts',
        'GROUNDS',
      ),
      by<typeof import('../contacts/retention.repository.ts')>(
        'src/contacts/retention.repository.ts',
        'removeAged',
      ),
      by<typeof import('../contacts/expire-consents.ts')>(
        'src/contacts/expire-consents.ts',
        'expireConsents',
      ),
    ],
    tests: [
      'test/http/retention.test.ts',
      'test/messages/number.test.ts',
      'test/campaigns/freeze.test.ts',
      'test/contacts/consents-at.test.ts',
    ],
    note: bilingual.enforcement['RET-01']({ notice }),
  },
  'RET-02': {
    by: [
      by<typeof import('../../migrations/20261125000300-contacts.ts')>(
        'migrations/20261125000300-contacts.ts',
        'Contacts',
      ),
    ],
    tests: ['test/contacts/chain.test.ts', 'test/http/erasure.test.ts', 'test/http/retention.test.ts'],
    note: bilingual.enforcement['RET-02'],
  },
  'RET-03': {
    by: [
      by<typeof import('../contacts/person-removal.ts')>('src/contacts/person-removal.ts', 'removePerson'),
      by<typeof import('../contacts/retention.repository.ts')>(
        'src/contacts/retention.repository.ts',
        'removeAged',
      ),
    ],
    tests: ['test/http/erasure.test.ts'],
  },
  'RET-04': {
    by: [
      by<typeof import('../contacts/retention.repository.ts')>(
        'src/contacts/retention.repository.ts',
        'removeAged',
      ),
      by<typeof import('../messages/old-inbox.repository.ts')>(
        'src/messages/old-inbox.repository.ts',
        'forgetReceipts',
      ),
    ],
    tests: ['test/http/retention.test.ts'],
  },
  'RET-05': {
    by: [
      by<typeof import('../contacts/erasure.ts')>('src/contacts/erasure.ts', 'requestErasure'),
      by<typeof import('../contacts/erasure-traces.ts')>('src/contacts/erasure-traces.ts', 'eraseTraces'),
      by<typeof import('../contacts/person-removal.ts')>('src/contacts/person-removal.ts', 'removePerson'),
    ],
    tests: ['test/http/erasure.test.ts', 'test/end-to-end/erasure.test.ts'],
  },
  'RGT-01': {
    by: [
      by<typeof import('../contacts/export.ts')>('src/contacts/export.ts', 'exportOf'),
      by<typeof import('../contacts/erasure.ts')>('src/contacts/erasure.ts', 'requestErasure'),
    ],
    tests: ['test/http/contact-export.test.ts'],
  },
  'AUD-01': {
    by: [
      by<typeof import('../messages/decision.repository.ts')>(
        'src/messages/decision.repository.ts',
        'keepDecision',
      ),
      by<typeof import('../tenants/audit-entry.repository.ts')>(
        'src/tenants/audit-entry.repository.ts',
        'recordAudit',
      ),
      by<typeof import('../contacts/chain.ts')>('src/contacts/chain.ts', 'linkChain'),
    ],
    tests: ['test/contacts/chain.test.ts', law('decide')],
  },
  'ENC-01': {
    by: [
      by<typeof import('../database/cipher.ts')>('src/database/cipher.ts', 'seal'),
      by<typeof import('../database/vault.ts')>('src/database/vault.ts', 'Vault'),
      by<typeof import('../temporal/payload-codec.ts')>('src/temporal/payload-codec.ts', 'PayloadSealer'),
    ],
    tests: ['test/contacts/upsert-contacts.test.ts', 'test/temporal/payload-codec.test.ts'],
  },
  'ACC-01': {
    by: [
      by<typeof import('../../migrations/20261125000100-roles.ts')>(
        'migrations/20261125000100-roles.ts',
        'Roles',
      ),
      by<typeof import('../database/connection.ts')>('src/database/connection.ts', 'openDatabase'),
      by<typeof import('./route.ts')>('src/http/route.ts', 'route'),
    ],
    tests: ['test/http/tenancy.test.ts', 'test/http/role.test.ts'],
  },
  'FRQ-01': {
    by: [
      by<typeof import('../messages/cap.repository.ts')>('src/messages/cap.repository.ts', 'OVER_CAP'),
      by<typeof import('../reminders/frequency.ts')>('src/reminders/frequency.ts', 'isOverCap'),
    ],
    tests: ['test/messages/cap.test.ts'],
    note: bilingual.enforcement['FRQ-01'],
  },
  'HDS-01': left(bilingual.enforcement['HDS-01']),
};
