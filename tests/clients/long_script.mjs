// What a shop does with Stripe, by the official client for Node. `long_script.py` does the same by that for Python.
//
//   node long_script.mjs HOST PORT KEY
//
// Prints one JSON array: the steps, each with what came back in plain values.

import { setTimeout as sleep } from 'node:timers/promises';

import Stripe from 'stripe';

const CUSTOMERS = 7;
const OLDER = '2025-03-31.basil';
const ASKED = 200;
const PAUSE_MILLISECONDS = 50;
const [host, port, key] = process.argv.slice(2);
const client = new Stripe(key, { host, port, protocol: 'http' });
const steps = [];

const at = (text) => Date.parse(`${text.includes('T') ? text : `${text}T00:00`}Z`) / 1000;
const say = (step, ...values) => steps.push([step, ...values]);

async function collect(list) {
  const all = [];
  for await (const one of list) all.push(one);
  return all;
}

async function refused(step, what) {
  try {
    await what();
  } catch (error) {
    const { type, code, param, decline_code: decline } = error.raw;
    say(step, error.statusCode, type, code ?? null, param ?? null, decline ?? null);
    return;
  }
  say(step, 'was not refused');
}

const { id: clock } = await client.testHelpers.testClocks.create({ frozen_time: at('2031-01-01') });

async function goTo(when) {
  await client.testHelpers.testClocks.advance(clock, { frozen_time: at(when) });
  let found;
  for (let asked = 0; asked < ASKED && found?.status !== 'ready'; asked += 1) {
    if (found) await sleep(PAUSE_MILLISECONDS);
    found = await client.testHelpers.testClocks.retrieve(clock);
  }
  say('clock', found.status, found.frozen_time);
}

async function status(subscription) {
  const found = await client.subscriptions.retrieve(subscription, { expand: ['latest_invoice', 'customer'] });
  const invoice = found.latest_invoice;
  return [found.status, found.customer.delinquent, invoice.status, invoice.amount_due, invoice.amount_remaining];
}

const latestInvoice = async (subscription) => (await client.subscriptions.retrieve(subscription)).latest_invoice;

async function sell() {
  const terms = { currency: 'usd', unit_amount: 3000, recurring: { interval: 'month' } };
  let gold = await client.products.create({
    name: 'Grüße & <Gold>',
    default_price_data: terms,
    marketing_features: [{ name: 'a=b&c[0]' }, { name: '50 %' }],
    metadata: { größe: 'ü/+ ?', 7: 'seven' },
  });
  say('product', gold.name, gold.marketing_features.map((one) => one.name), gold.metadata);
  gold = await client.products.update(gold.id, { metadata: { 7: '' }, description: 'x', marketing_features: '' });
  say('unset', gold.metadata, gold.description, gold.marketing_features.map((one) => one.name));
  const dear = await client.prices.create({ ...terms, unit_amount: 6000, product: gold.id, expand: ['product'] });
  say('price', dear.unit_amount, String(dear.unit_amount_decimal), dear.product.name, dear.recurring.interval);
  return [gold.default_price, dear.id];
}

async function signUp(price) {
  const jenny = await client.customers.create({
    email: 'jenny@example.com',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    test_clock: clock,
  });
  const made = await client.subscriptions.create({
    customer: jenny.id,
    items: [{ price, quantity: 1 }],
    expand: ['latest_invoice.payments', 'default_payment_method'],
  });
  const [payment] = made.latest_invoice.payments.data;
  say('signed up', made.status, made.latest_invoice.amount_paid, payment.status);
  return [jenny.id, made.id];
}

async function change(subscription, price) {
  await goTo('2031-01-16T12:00');
  const [item] = (await client.subscriptionItems.list({ subscription })).data;
  const items = [{ id: item.id, price }];
  const preview = await client.invoices.createPreview({
    subscription,
    subscription_details: { items, proration_behavior: 'always_invoice' },
  });
  const changed = await client.subscriptions.update(subscription, {
    items,
    proration_behavior: 'always_invoice',
    expand: ['latest_invoice'],
  });
  say('changed', preview.total, changed.latest_invoice.total, changed.latest_invoice.status);
  say('lines', changed.latest_invoice.lines.data.map((line) => [line.amount, line.description]));
}

async function payFrom(customer, method) {
  const card = await client.paymentMethods.attach(method, { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: card.id } });
}

async function fail(customer, subscription) {
  await payFrom(customer, 'pm_card_chargeCustomerFail');
  await goTo('2031-02-01T01:00');
  say('failed', ...(await status(subscription)));
  const invoice = await latestInvoice(subscription);
  await refused('declined', () => client.invoices.pay(invoice));
}

async function recover(customer, subscription) {
  await payFrom(customer, 'pm_card_mastercard');
  const paid = await client.invoices.pay(await latestInvoice(subscription), { expand: ['customer'] });
  say('recovered', paid.status, paid.customer.email, ...(await status(subscription)));
}

async function cancel(subscription) {
  const left = await client.subscriptions.update(subscription, {
    cancel_at_period_end: true,
    cancellation_details: { comment: 'Moving.', feedback: 'unused' },
  });
  say('leaving', left.status, left.cancel_at_period_end, left.cancellation_details.feedback);
  await goTo('2031-03-01T01:00');
  const gone = await client.subscriptions.retrieve(subscription);
  say('gone', gone.status, gone.ended_at, gone.cancellation_details.reason);
  await refused('canceled twice', () => client.subscriptions.cancel(subscription));
}

async function listEverything() {
  for (let number = 0; number < CUSTOMERS; number += 1) {
    await client.customers.create({ name: `Customer ${number}`, metadata: { number } });
  }
  say('customers', (await collect(client.customers.list({ limit: 3 }))).map((one) => one.name));
  const expand = ['data.customer', 'data.parent.subscription_details.subscription'];
  const invoices = client.invoices.list({ limit: 2, expand });
  const page = await invoices;
  say('page', page.has_more, page.url, page.data.length);
  const all = await collect(invoices);
  say('invoices', all.map((one) => [one.billing_reason, one.total, one.customer.email]));
  const charges = await collect(client.charges.list({ limit: 2, expand: ['data.balance_transaction'] }));
  say('charges', charges.map((one) => [one.amount, one.status, one.balance_transaction?.net ?? null]));
  const types = ['invoice.paid', 'customer.subscription.deleted'];
  say('events', (await collect(client.events.list({ limit: 3, types }))).map((event) => event.type));
  const ended = await client.subscriptions.list({ status: 'all', created: { gte: at('2030-12-31') } });
  say('subscriptions', ended.data.map((one) => one.status));
}

async function goWrong() {
  await refused('missing', () => client.customers.retrieve('cus_nobody'));
  await refused('unknown', () => client.customers.create({ nmae: 'Jenny' }));
  await refused('required', () => client.subscriptions.create({ items: [{ price: 'price_1' }] }));
  await refused('nested', () => client.customers.update('cus_nobody', { address: { country: 'XX' } }));
  const once = { idempotencyKey: 'script-1' };
  const first = await client.customers.create({ name: 'Once' }, once);
  const again = await client.customers.create({ name: 'Once' }, once);
  say('the same', first.id === again.id);
  await refused('another', () => client.customers.create({ name: 'Twice' }, once));
  say('deleted', (await client.customers.del(first.id)).deleted);
  say('stays deleted', (await client.customers.retrieve(first.id)).deleted);
}

async function speakOlder() {
  const listed = await client.customers.list({ limit: 1 }, { apiVersion: OLDER });
  say('version', listed.data.length, listed.lastResponse.apiVersion);
}

async function openThePortal(customer) {
  const session = await client.billingPortal.sessions.create({
    customer,
    return_url: 'https://shop.example/account?a=b&c=d',
    locale: 'de',
  });
  say('portal', session.object, session.locale, session.return_url, session.url.includes('/p/session/'));
}

const [cheap, dear] = await sell();
const [customer, subscription] = await signUp(cheap);
await change(subscription, dear);
await fail(customer, subscription);
await recover(customer, subscription);
await cancel(subscription);
await listEverything();
await goWrong();
await speakOlder();
await openThePortal(customer);
console.log(JSON.stringify(steps));
