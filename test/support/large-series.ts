/** As /metrics/timeseries answers: so many points, each with revenue in so many currencies. */
export const largeSeries = (points: number, currencies: number) => ({
  period: null,
  interval: 'minute',
  points: Array.from({ length: points }, (_, n) => ({
    time: new Date(Date.UTC(2026, 0, 15, 0, n)).toISOString(),
    partial: false,
    total_clicks: n,
    total_conversions: n,
    total_sales: n,
    conversion_rate: n / 3,
    total_votes: 0,
    revenue: Array.from({ length: currencies }, (_, c) => ({ currency: `C${c}`, amount: `${n}${c}.90` })),
  })),
});
