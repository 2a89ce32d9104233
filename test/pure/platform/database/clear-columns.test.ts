import { MikroORM } from '@mikro-orm/postgresql';
import { describe, expect, it } from 'vitest';
import { entities } from '../../../../src/platform/database/entities.ts';

/** Why a column of text is in clear, where nobody types it: what may stand in it. */
const OURS = {
  /** Words of our own vocabulary, of the law, of standards: kinds, states, codes, purposes, zones, currencies. */
  word: `acceptance.told account_trial.language account_trial.asks acknowledgement.kind anchor.chain api_key.role
    audit_entry.action batch.kind batch.purpose batch.territory batch.time_zone batch.state campaign.purpose
    campaign.profile campaign.status campaign.currency campaign.parked_because campaign.parked_code campaign.local_time
    cancelled_booking.kind chain_block.chain consent.purpose consent.why consent.basis consent_event.purpose
    consent_event.kind consent_event.basis consent_event.method consent_event.channel consent_event.proof
    consent_event.barred contact.territory contact.time_zone contact.place_from contact.line_type contact.number_state
    data_key.purpose decision.purpose decision.territory decision.time_zone decision.verdict decision.profile
    decision.rules_version decision.calendar_version erasure.state form_answer.events form_answer.state form_code.kind
    form_text.language gateway_account.kind gateway_account.state gateway_account.proven_how gateway_account.processor_country import.kind
    import.state import.failure inbound.reading instance.sealed_as instance.sealed_why instance_key.purpose intent.verb intent.workflow
    intent.signal leaving_contact.because leaving_contact.rule_id link.chain message.reason message.encoding
    occurrence.because practice.good_friday practice.sector practice.territory practice.time_zone process.kind process.ring_versions process.queues
    process_figures.kind rate_share.scope recurrence.every recurrence.at_hour recurrence.time_zone
    recurrence.expires_after recurrence.acknowledged rehearsal.state rejected_row.code reminder_series.kind
    reminder_series.purpose reminder_series.territory reminder_series.time_zone reminder_series.event_wall
    reminder_series.event_zone reminder_series.state reminder_series.ended_because reminder_step.step
    reminder_step.state reminder_step.code reply.reading reply.decision retention_run.kind rights_request.asks
    rights_request.matched rights_request.words rights_request.outcome submission.outcome submission.currency
    submission.territory submission_count.outcome submission_count.reason suppression.scope tenant.sector
    tenant.profile tenant.territory tenant.time_zone tenant.locale transfer_basis.basis transfer_basis.country
    unlinked.chain unread_delivery.wire unread_delivery.state webhook_delivery.type webhook_delivery.state
    webhook_delivery.because webhook_endpoint.events webhook_endpoint.failing_because wording.purposes wording.locale
    wording.origin`,
  /** Ids, digests, instants and names of our own making. */
  id: `acceptance.gateway_id anchor.statement approval.actor audit_entry.actor audit_entry.subject campaign.author
    consent_event.actor erasure.actor form.slug form_version.actor gateway_halt.halted_by import.actor
    intent.workflow_id intent.trace legal_hold.actor recurrence.launched_by rehearsal.sha256 retention_run.actor
    rights_request.actor submission.key suppression.spent_proofs tenant.halted_by transfer_basis.recorded_by`,
  /** JSON of such words, ids and counts. */
  shape: `account_trial.findings account_trial.shown account_trial.news account_trial.so_far batch.cost batch.waiting
    campaign.route campaign.waiting decision.rules decision.inputs erasure.removed erasure.kept import.report
    intent.input process_figures.figures rehearsal.report rejected_row.facts reminder_series.plan
    reminder_series.terms reminder_series.paid reminder_series.waiting reminder_step.because reply.because
    retention_run.lines tenant.reasons_cut webhook_delivery.about wording.findings`,
  /** Words of an operator, from which numbers, addresses, quotations and texts are taken. */
  operator: 'submission.outcome_code submission.operator_code submission.operator_words',
} as const;

/** What somebody types, and why it is in clear all the same. */
const TYPED: Readonly<Record<string, string>> = {
  'api_key.name': 'names a program or a place of work to whoever looks at its audit; its key ends with it',
  'api_key.source': 'letters, digits and signs of a system',
  'audit_entry.details':
    'the audit is checked without keys: codes, ids, and the reason that was typed for an order',
  'brand.external_id': 'an id of the caller’s system',
  'brand.name': 'the public name of a brand',
  'brand.sender': 'stands on every message',
  'campaign.audience': 'conditions on attributes, which describe many',
  'campaign.name': 'a label of a mailing, shown in Temporal’s page by its id alone',
  'campaign.sender': 'stands on every message',
  'campaign.source': 'letters, digits and signs of a system',
  'cancelled_booking.source': 'letters, digits and signs of a system',
  'form_text.text': 'stands on a public page',
  'form_version.terms': 'stands on a public page',
  'gateway_account.halt_reason':
    'words of whoever runs the instance, for every tenant: there is no key of all tenants',
  'gateway_account.name': 'the name of an account in the settings',
  'gateway_account.processor_name': 'the company of an operator',
  'gateway_halt.reason': 'stands in the audit, and in the webhook that tells of it',
  'import.cursor': 'headings of a file, of 200 characters: a row of a person is no heading and fails',
  'import.options': 'names of columns, words of the caller’s for ours',
  'import.source': 'letters, digits and signs of a system',
  'practice.sender': 'stands on every message',
  'rejected_row.detail': 'a sentence of ours with names of columns; the cells are sealed',
  'reminder_series.sender': 'stands on every message',
  'reminder_series.source': 'letters, digits and signs of a system',
  'suppression.source': 'letters, digits and signs of a system',
  'tenant.contact': 'how the company is reached, on every public form',
  'tenant.domains': 'public names of the company',
  'tenant.external_id': 'an id of the caller’s system',
  'tenant.halt_reason': 'stands in the audit, and in the webhook that tells of it',
  'tenant.legal_name': 'a company',
  'tenant.name': 'a company',
  'tenant.sender': 'stands on every message',
  'tenant.settings': 'usual texts and plans of the company, with places for what is a person’s',
  'transfer_basis.document_ref': 'the number of a contract between companies',
  'webhook_endpoint.description': 'names a system of the company',
  'webhook_endpoint.url': 'of an earlier version, until the first worker that starts has sealed it',
  'wording.text': 'what everybody reads before they agree',
};

const listed = [...Object.values(OURS).flatMap((names) => names.trim().split(/\s+/)), ...Object.keys(TYPED)];

/** Columns of text and JSON, as the entities declare them. */
async function columns(): Promise<readonly string[]> {
  const orm = await MikroORM.init({
    entities,
    clientUrl: 'postgresql://nobody@127.0.0.1:1/none',
  });
  const found = [...orm.getMetadata().getAll().values()].flatMap(({ tableName, props }) =>
    props.flatMap(({ columnTypes, fieldNames: [name = ''], persist }) =>
      persist !== false && /^(?:text|json|varchar|char)/.test(columnTypes[0] ?? '')
        ? [`${tableName}.${name}`]
        : [],
    ),
  );
  await orm.close(true);
  return found;
}

describe('every column of text in clear', () => {
  it('has a reason, and every reason a column', async () => {
    expect(listed.toSorted()).toEqual((await columns()).toSorted());
  });
});
