const DAY_MS = 86_400_000;

export interface Question {
  readonly kind: 'funnel' | 'paths' | 'retention' | 'journey' | 'metrics' | 'report';
  readonly path: string;
}

const BUYING = 'view@/product_view,conversion:add_to_cart,view@/cart,view@/payment_details,sale';

/** @param now epoch milliseconds: the data ends there */
export function questions(users: readonly string[], now: number): Question[] {
  const range = (days: number) => `from=${now - days * DAY_MS}&to=${now}`;
  const funnels = [
    `steps=${BUYING}&within=7d&${range(200)}`,
    `steps=${BUYING}&within=1h&by=session&${range(200)}`,
    `steps=conversion:add_to_cart,sale&within=30m&${range(90)}`,
    `steps=view@/catalog,view@/catalog,view@/catalog,sale&within=1d&${range(200)}`,
    `steps=view@/catalog,view@/product_view,view@/catalog,view@/product_view&within=10m&by=session&${range(200)}`,
    `steps=click,click,click@/support_chat&within=7d&${range(200)}`,
    `steps=click@/error_page,click,sale&within=30d&${range(120)}`,
    `steps=click,sale&page_url=/wishlist_add&within=90d&${range(200)}`,
    `steps=sale,sale,sale&within=60d&${range(200)}&compare=previous`,
    `steps=view@/home,view@/search,conversion,sale&within=2h&by=session&period=7d&compare=week`,
  ];
  const paths = ['/home', '/catalog', '/product_view', '/payment_details', '/cart'].flatMap((page) => [
    `from=${page}&period=7d`,
    `to=${page}&period=7d`,
  ]);
  const retentions = [
    'interval=week',
    'interval=day',
    `interval=day&from=${now - 95 * DAY_MS}`,
    `interval=week&from=${now - 180 * DAY_MS}&to=${now - 10 * DAY_MS}`,
  ];
  return [
    ...funnels.map((query): Question => ({ kind: 'funnel', path: `/funnel?${query}` })),
    ...paths.map((query): Question => ({ kind: 'paths', path: `/paths?${query}` })),
    ...retentions.map((query): Question => ({ kind: 'retention', path: `/retention?${query}` })),
    { kind: 'metrics', path: `/metrics?${range(200)}` },
    { kind: 'metrics', path: '/metrics?period=7d&compare=week' },
    ...['daily', 'weekly', 'monthly'].map((name): Question => ({ kind: 'report', path: `/reports/${name}` })),
    ...users.map((user): Question => ({ kind: 'journey', path: `/users/${user}/journey?limit=1000` })),
  ];
}
