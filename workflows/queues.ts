/** The queues of work: a campaign never delays a reminder. */
export const queues = {
  orchestration: 'orchestration',
  transactional: 'sms-transactional',
  bulk: 'sms-bulk',
  housekeeping: 'housekeeping',
} as const;
