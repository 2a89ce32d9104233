import type { Ending } from '../fakes/fake-operator.ts';
import type { Kind } from './scenario-list.ts';

const ENDINGS: Readonly<Record<Kind, Readonly<Record<Ending, object>>>> = {
  smsmode: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { state: 'REJECTED' },
    'bad-number': { state: 'UNDELIVERED' },
  },
  octopush: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { state: 'OPTED_OUT' },
    'bad-number': { state: 'UNDELIVERED', numberIsBad: true },
  },
  ovh: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { state: 'REJECTED' },
    'bad-number': { state: 'UNDELIVERED', numberIsBad: true },
  },
  twilio: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { state: 'OPTED_OUT' },
    'bad-number': { state: 'UNDELIVERED', numberIsBad: true },
  },
  brevo: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { state: 'REJECTED' },
    'bad-number': { state: 'UNDELIVERED', numberIsBad: true },
  },
  smpp: {
    'on-its-way': { state: 'PENDING' },
    delivered: { state: 'DELIVERED' },
    undelivered: { state: 'UNDELIVERED' },
    'opted-out': { code: 'UNDELIV_53' },
    'bad-number': { state: 'REJECTED', code: 'REJECTD_100' },
  },
};

/** How an operator's word for the end of a message is read. */
export const endingOf = (kind: Kind, ending: Ending): object => ENDINGS[kind][ending];

/** Calls over HTTP that are unreadable. */
export const UNREADABLE = ['', '{', '[]', '<html>', '{"message_id":{}}', '\u0000'];

/** Receipts without an id or a state, and words from nobody. */
export const UNREADABLE_PDU = [
  { esm_class: 4, source_addr: '33639980001', short_message: 'stat:DELIVRD err:000' },
  { esm_class: 4, source_addr: '33639980001', short_message: 'id:12 sub:001' },
  { esm_class: 4, source_addr: '33639980001', short_message: '' },
  { source_addr: '', short_message: 'STOP' },
  { source_addr: 'OPERATEUR', short_message: 'STOP' },
].map((fields) => JSON.stringify(fields));
