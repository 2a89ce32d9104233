/** Queues of work: a campaign never stands before a reminder. */
export const queues = {
  orchestration: 'orchestration',
  transactional: 'sms-transactional',
  bulk: 'sms-bulk',
  housekeeping: 'housekeeping',
} as const;
