//! Civil dates, periods and terms (semantics 1.2): counted on the fingers.

/// A civil date. The derived order is the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

pub fn date(year: i32, month: u32, day: u32) -> Date {
    Date { year, month, day }
}

pub fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Date {
    pub fn next(self) -> Date {
        if self.day < days_in_month(self.year, self.month) {
            Date { day: self.day + 1, ..self }
        } else if self.month < 12 {
            date(self.year, self.month + 1, 1)
        } else {
            date(self.year + 1, 1, 1)
        }
    }

    pub fn previous(self) -> Date {
        if self.day > 1 {
            Date { day: self.day - 1, ..self }
        } else if self.month > 1 {
            date(self.year, self.month - 1, days_in_month(self.year, self.month - 1))
        } else {
            date(self.year - 1, 12, 31)
        }
    }

    pub fn plus_days(self, days: u32) -> Date {
        (0..days).fold(self, |d, _| d.next())
    }

    pub fn minus_days(self, days: u32) -> Date {
        (0..days).fold(self, |d, _| d.previous())
    }

    /// The same day of a later month, or that month's last day if it is shorter.
    pub fn plus_months(self, months: u32) -> Date {
        let mut d = self;
        for _ in 0..months {
            d = if d.month < 12 { Date { month: d.month + 1, ..d } } else { Date { year: d.year + 1, month: 1, ..d } };
        }
        Date { day: self.day.min(days_in_month(d.year, d.month)), ..d }
    }

    /// Calendar arithmetic, clamped to the month's end; whatever the term is taken to.
    pub fn plus(self, period: Period) -> Date {
        self.plus_months(12 * period.years + period.months).plus_days(7 * period.weeks + period.days)
    }

    /// 1.2: the last day of a period that begins on this day, before it is taken to any end. In the first edition it is
    /// always the day before.
    pub fn last_day(self, period: Period, short_months: bool) -> Date {
        let day = self.plus(period);
        let only_months = period.weeks == 0 && period.days == 0;
        if short_months && only_months && day.day != self.day { day } else { day.previous() }
    }

    /// 1.2: the last day of a term that begins on this day.
    pub fn end_of(self, term: Period, short_months: bool) -> Date {
        let mut day = self.last_day(term, short_months);
        while !term.to.is_none_or(|to| to.is_on(day)) {
            day = day.next();
        }
        day
    }
}

impl To {
    /// 29 February is the last day of February in every year.
    fn is_on(self, day: Date) -> bool {
        let month_ends = day.day == days_in_month(day.year, day.month);
        match self {
            To::MonthEnd => month_ends,
            To::QuarterEnd => month_ends && [3, 6, 9, 12].contains(&day.month),
            To::YearEnd => (day.month, day.day) == (12, 31),
            To::Day(2, 29) => day.month == 2 && month_ends,
            To::Day(month, of_month) => (day.month, day.day) == (month, of_month),
        }
    }
}

/// A period, or a term if it is taken to the end of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub years: u32,
    pub months: u32,
    pub weeks: u32,
    pub days: u32,
    pub to: Option<To>,
}

/// 1.2: up to which day a term goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    MonthEnd,
    QuarterEnd,
    YearEnd,
    /// Month and day.
    Day(u32, u32),
}

pub fn years(years: u32) -> Period {
    Period { years, ..Period::default() }
}

pub fn months(months: u32) -> Period {
    Period { months, ..Period::default() }
}

pub fn weeks(weeks: u32) -> Period {
    Period { weeks, ..Period::default() }
}

pub fn days(days: u32) -> Period {
    Period { days, ..Period::default() }
}

/// The period taken to the end of something.
pub fn to(to: To, period: Period) -> Period {
    Period { to: Some(to), ..period }
}
