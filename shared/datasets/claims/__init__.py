"""Claims: remittance reports of a medical plan, as web pages or CSV."""
