"""Speaking with Stripe: the only place where its SDK is known.

``desk`` answers what the house asks (:class:`domain.payments.desk.PaymentDesk`); ``connection``
makes calls and turns their errors into refusals; ``amounts`` counts as Stripe counts. Nothing is
imported here, so that settings can be read without loading the SDK.
"""
