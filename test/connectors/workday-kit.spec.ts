import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { startWorkday, type WorkdayDouble } from '../doubles/workday/workday.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('workday')!;

async function start(name: string, further: object, prepare?: (double: WorkdayDouble) => void) {
  const double = await startWorkday();
  prepare?.(double);
  const settings = { tenant: double.tenant, timeZone: double.timeZone, overlapMinutes: 0, ...further };
  const isu = (username: string, password: string) => ({ type: 'isu', username, password });
  const credentials = {
    good: isu('isu_rollcall', double.accounts.get('isu_rollcall')!.password),
    wrong: isu('isu_rollcall', 'wrong-password-4711'),
    'without-rights': isu('isu_reader', double.accounts.get('isu_reader')!.password),
  };
  const contacts = () => [
    { ...contact, id: 'EMAIL-1', kind: 'email' as const, value: 'ada@old.example' },
    { ...contact, id: 'PHONE-1', kind: 'phone' as const, value: '5171234567', device: 'Landline' },
    {
      ...contact,
      id: 'PHONE-2',
      kind: 'phone' as const,
      value: '5177654321',
      device: 'Mobile',
      primary: false,
    },
  ];
  const target: TargetUnderTest = {
    name,
    address: double.address,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open({ ...settings, url: `http://${host}:${port}`, timeoutMs }, credentials[which], {
        userAgent: 'rollcall-test',
      }),
    capabilities: module.capabilities!({ ...settings, url: double.url }),
    seedUser: async (workerId) => ({ id: double.hire(workerId, { contacts: contacts() }).wid }),
    user: (workerId) => ({ workerId }),
    userKey: 'workerId',
    change: { attribute: 'workEmail', to: 'ada.king@contoso.example' },
    clear: 'workMobile',
    fixedNames: true,
    absentId: '0'.repeat(32),
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ password }) => password),
    throttling: [
      ['429 with seconds', { status: 429, headers: { 'retry-after': '5' } }, [5_000, 5_000]] as const,
      ['503 in maintenance', { status: 503, headers: { 'retry-after': '600' } }, [600_000, 600_000]] as const,
      ['429 without a word', { status: 429 }, undefined] as const,
    ].map(([form, refuse, afterMs]) => ({
      form,
      ...(afterMs && { afterMs: [...afterMs] as [number, number] }),
      async begin() {
        double.faults = { refuse };
        return async () => void (double.faults = {});
      },
    })),
    async loopPages() {
      double.faults = { loopPages: true };
      return async () => void (double.faults = {});
    },
  };
  return { target, stop: () => double.stop() };
}

const contact = { usage: 'WORK' as const, primary: true, isPublic: true };

const soap = 'Workday, Get_Workers and write-back on a double';
showBehaviours(soap, () => start(soap, {}));

const raas = 'Workday, a report on a double';
showBehaviours(raas, async () => {
  const columns = ['wid', 'workerId', 'hireDate', 'active'];
  const settings = { mode: 'raas', report: 'isu_rollcall/Workers', workerPrompt: 'Worker', writeBack: false };
  const { target, stop } = await start(raas, settings, (double) => {
    double.reports.push({
      owner: 'isu_rollcall',
      name: 'Workers',
      columns,
      prompts: ['Worker'],
      rows: (prompts) => {
        const wanted = Object.values(prompts)[0];
        return double.workers
          .filter(({ wid, workerId }) => wanted === undefined || wid === wanted || workerId === wanted)
          .map(({ wid, workerId }) => ({ wid, workerId, hireDate: '2020-01-06', active: '1' }));
      },
    });
    double.accounts.get('isu_reader')!.domains.delete('employment');
  });
  return { target: { ...target, loopPages: undefined }, stop };
});
